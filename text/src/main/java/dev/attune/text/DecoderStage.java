package dev.attune.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One step from tokens to text, as a `decoder` of tokenizer.json names it, with the state of one
/// stream: it passes on what later tokens can no longer change.
interface DecoderStage {
    /// Takes the next token.
    void next(String token, Consumer<String> out);

    /// No token follows.
    default void end(Consumer<String> out) {}

    /// Puts `content` for every `pattern`.
    record Replace(String pattern, String content) implements DecoderStage {
        @Override
        public void next(String token, Consumer<String> out) {
            out.accept(token.replace(pattern, content));
        }
    }

    /// Leaves tokens as they are.
    record Pass() implements DecoderStage {
        @Override
        public void next(String token, Consumer<String> out) {
            out.accept(token);
        }
    }

    /// Bytes as GPT-2 writes them, to text.
    final class Bytes implements DecoderStage {
        private final Utf8Stream utf8 = new Utf8Stream();

        @Override
        public void next(String token, Consumer<String> out) {
            StringBuilder text = new StringBuilder();
            for (byte b : ByteLevel.bytes(token)) {
                utf8.next(b, text);
            }
            out.accept(text.toString());
        }

        @Override
        public void end(Consumer<String> out) {
            StringBuilder text = new StringBuilder();
            utf8.end(text);
            out.accept(text.toString());
        }
    }

    /// Runs of tokens like `<0xE4>` to text. A run is one decision: if it is not UTF-8 as a whole,
    /// each of its bytes is U+FFFD, so it is passed on when it has ended.
    final class ByteFallback implements DecoderStage {
        private final List<Byte> run = new ArrayList<>();

        @Override
        public void next(String token, Consumer<String> out) {
            if (token.startsWith("<0x") && token.matches("<0x[0-9A-Fa-f]{2}>")) {
                run.add((byte) Integer.parseInt(token.substring(3, 5), 16));
            } else {
                end(out);
                out.accept(token);
            }
        }

        @Override
        public void end(Consumer<String> out) {
            if (run.isEmpty()) {
                return;
            }
            ByteBuffer bytes = ByteBuffer.allocate(run.size());
            run.forEach(bytes::put);
            try {
                out.accept(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
            } catch (CharacterCodingException e) {
                out.accept("\ufffd".repeat(run.size()));
            }
            run.clear();
        }
    }

    /// Takes up to `most` of a character from the start of the whole text.
    final class StripStart implements DecoderStage {
        private final String content;
        private int left;

        StripStart(String content, int most) {
            this.content = content;
            this.left = most;
        }

        @Override
        public void next(String token, Consumer<String> out) {
            String rest = token;
            while (left > 0 && !rest.isEmpty()) {
                if (!rest.startsWith(content)) {
                    left = 0;
                } else {
                    left--;
                    rest = rest.substring(content.length());
                }
            }
            out.accept(rest);
        }
    }

    /// The mark of a space to a space; in the first token, which it was put before, to nothing.
    final class Metaspace implements DecoderStage {
        private final String mark;
        private boolean dropping;

        Metaspace(String mark, boolean prepended) {
            this.mark = mark;
            this.dropping = prepended;
        }

        @Override
        public void next(String token, Consumer<String> out) {
            out.accept(token.replace(mark, dropping ? "" : " "));
            dropping = false;
        }
    }

    /// Words with a space before each, save what begins with the prefix of a word's rest.
    final class WordPiece implements DecoderStage {
        private static final List<List<String>> CLEANUP =
                List.of(
                        List.of(" .", "."),
                        List.of(" ?", "?"),
                        List.of(" !", "!"),
                        List.of(" ,", ","),
                        List.of(" ' ", "'"),
                        List.of(" n't", "n't"),
                        List.of(" 'm", "'m"),
                        List.of(" do not", " don't"),
                        List.of(" 's", "'s"),
                        List.of(" 've", "'ve"),
                        List.of(" 're", "'re"));

        private final String prefix;
        private final boolean cleanup;
        private boolean begun;

        WordPiece(String prefix, boolean cleanup) {
            this.prefix = prefix;
            this.cleanup = cleanup;
        }

        @Override
        public void next(String token, Consumer<String> out) {
            String text = token;
            if (begun) {
                text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
            }
            begun = true;
            if (cleanup) {
                for (List<String> pair : CLEANUP) {
                    text = text.replace(pair.getFirst(), pair.getLast());
                }
            }
            out.accept(text);
        }
    }

    /// What is done where no decoder is named: tokens with a space between them.
    final class Spaced implements DecoderStage {
        private boolean begun;

        @Override
        public void next(String token, Consumer<String> out) {
            out.accept(begun ? " " + token : token);
            begun = true;
        }
    }
}
