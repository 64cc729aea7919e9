package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DocumentsTest {
    @Test
    void positionsStartAtZeroInEachDocument() {
        Documents documents = Documents.ofLengths(4, 2, 3);
        assertThat(documents.positions()).containsExactly(0, 1, 2, 3, 0, 1, 0, 1, 2);
        assertThat(documents.count()).isEqualTo(3);
        assertThat(documents.tokens()).isEqualTo(9);
        assertThat(documents.longest()).isEqualTo(4);
        assertThat(documents.start(1)).isEqualTo(4);
        assertThat(documents.end(1)).isEqualTo(6);
        assertThat(documents.length(2)).isEqualTo(3);
    }

    @Test
    void neighboursOfEqualLengthFormARun() {
        assertThat(Documents.ofLengths(3, 7, 7, 1, 12, 1, 1).runs())
                .containsExactly(
                        new Documents.Run(0, 1, 3),
                        new Documents.Run(3, 2, 7),
                        new Documents.Run(17, 1, 1),
                        new Documents.Run(18, 1, 12),
                        new Documents.Run(30, 2, 1));
    }

    @Test
    void uniformDocumentsAreOneRun() {
        assertThat(Documents.uniform(4, 5).runs()).containsExactly(new Documents.Run(0, 4, 5));
    }

    @Test
    void aBatchWithoutDocumentsIsRefused() {
        assertThatThrownBy(Documents::ofLengths)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch needs a document");
        assertThatThrownBy(() -> Documents.uniform(0, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch needs a document");
    }

    @Test
    void anEmptyDocumentIsRefusedByItsNumber() {
        assertThatThrownBy(() -> Documents.ofLengths(3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("document 1 is empty");
        assertThatThrownBy(() -> Documents.ofLengths(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("document 0 is empty");
    }

    @Test
    void moreTokensThanAnIntHoldsAreRefused() {
        assertThatThrownBy(() -> Documents.ofLengths(Integer.MAX_VALUE, 1))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("integer overflow");
    }

    @Test
    void headsMustFallIntoGroups() {
        assertThat(new AttentionShape(6, 2, 8, 1, 0, 0).group()).isEqualTo(3);
        assertThatThrownBy(() -> new AttentionShape(6, 4, 8, 1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("6 heads cannot share 4 key-value heads");
        assertThatThrownBy(() -> new AttentionShape(6, 2, 8, 1, 0, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("negative window or soft cap");
        assertThatThrownBy(() -> new AttentionShape(6, 2, 8, 1, -1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("negative window or soft cap");
    }
}
