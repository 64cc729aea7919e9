package dev.attune.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of file that are met where safetensors was expected, recognised by their first bytes.
///
/// Ask only about a file whose header length or first header byte is wrong: by chance a good header
/// length may spell another format's magic.
enum ForeignFile {
    GIT_LFS(
            "This is a git-lfs pointer, not the weights that it stands for.",
            "Run `git lfs pull` in the model's repository, or download the file itself."),
    HTML(
            "This is an HTML page, not weights.",
            "The server answered with a web page. Accept the model's licence, log in if it asks "
                    + "for that, and download the file again."),
    ZIP(
            "This is a zip archive, as PyTorch writes to .bin, .pt and .pth; expected safetensors.",
            ForeignFile.CONVERT),
    PICKLE(
            "This is a Python pickle, as old PyTorch writes to .bin and .pt; expected safetensors.",
            ForeignFile.CONVERT),
    GGUF("This is a GGUF file; expected safetensors.", ForeignFile.GGUF_ORIGINAL),
    TEXT(
            "This is a text, not weights.",
            "Read it: it is most likely what a server answered instead of the file.");

    /// How to turn a pickle into safetensors.
    static final String CONVERT =
            "Take a revision of the model that has .safetensors files, or convert once with "
                    + "Python: AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW).";

    /// Where weights for training come from when only GGUF is at hand.
    static final String GGUF_ORIGINAL =
            "GGUF is made for inference. Use the safetensors folder of the model it was made from.";

    /// The bytes that suffice to recognise any kind.
    private static final int HEAD_BYTES = 64;

    private final String what;
    private final String fix;

    ForeignFile(String what, String fix) {
        this.what = what;
        this.fix = fix;
    }

    /// What the file is.
    String what() {
        return what;
    }

    /// What to do about it.
    String fix() {
        return fix;
    }

    /// The kind of `file`, if it is one of these.
    static Optional<ForeignFile> recognise(MemorySegment file) {
        byte[] bytes =
                file.asSlice(0, Math.min(HEAD_BYTES, file.byteSize()))
                        .toArray(ValueLayout.JAVA_BYTE);
        String head = new String(bytes, StandardCharsets.ISO_8859_1);
        return Arrays.stream(values()).filter(kind -> kind.begins(head)).findFirst();
    }

    /// Whether `head`, one character for each byte, is how a file of this kind begins.
    private boolean begins(String head) {
        return switch (this) {
            case GIT_LFS -> head.startsWith("version https://git-lfs");
            case HTML -> {
                String start = head.replaceFirst("^\u00ef\u00bb\u00bf", "").strip();
                String lower = start.toLowerCase(Locale.ROOT);
                yield lower.startsWith("<!doctype") || lower.startsWith("<html");
            }
            case ZIP -> head.startsWith("PK\u0003\u0004");
            case PICKLE ->
                    head.length() > 2
                            && head.charAt(0) == 0x80
                            && head.charAt(1) >= 2
                            && head.charAt(1) <= 5;
            case GGUF -> head.startsWith("GGUF");
            case TEXT -> !head.isEmpty() && head.chars().allMatch(ForeignFile::isText);
        };
    }

    private static boolean isText(int c) {
        return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\n' || c == '\r';
    }
}
