package dev.attune.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.ArrayList;
import java.util.List;

/// Token ids as a person types them: `5,7,9`, or with spaces in quotes.
///
/// @param ids at least one, none negative
record TokenIds(List<Integer> ids) {
    TokenIds {
        ids = List.copyOf(ids);
    }

    /// Reads them from the command line.
    static final class Converter implements ITypeConverter<TokenIds> {
        @Override
        public TokenIds convert(String text) {
            List<Integer> ids = new ArrayList<>();
            for (String word : text.strip().split("\\s*,\\s*|\\s+", -1)) {
                ids.add(id(text, word));
            }
            return new TokenIds(ids);
        }

        private static int id(String text, String word) {
            if (word.isEmpty()) {
                throw new TypeConversionException(
                        "expected ids such as 5,7,9, in quotes if there are spaces, but found '"
                                + text
                                + "'");
            }
            if (!word.matches("\\d{1,9}")) {
                throw new TypeConversionException(
                        "'" + word + "' is no token id; ids are whole numbers from 0");
            }
            return Integer.parseInt(word);
        }
    }
}
