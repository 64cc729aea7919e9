package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Which files of a repository are downloaded.
///
/// Patterns are those of Python's tools: `*` stands for any characters, slashes included, `?` for
/// one, `[ab]` for one of several; a pattern that ends with `/` means the whole folder.
///
/// @param include if not empty, just what one of these patterns matches; else what a model needs,
///   or all of a data set
/// @param exclude of these, what one of these patterns matches is left out
public record FileChoice(List<String> include, List<String> exclude) {
    private static final Pattern NEEDED =
            Pattern.compile(
                    "config\\.json|generation_config\\.json|adapter_config\\.json"
                        + "|tokenizer\\.json|tokenizer_config\\.json|tokenizer\\.model"
                        + "|tekken\\.json|special_tokens_map\\.json|added_tokens\\.json"
                        + "|vocab\\.json|vocab\\.txt|merges\\.txt|[^/]+\\.tiktoken"
                        + "|spiece\\.model|sentencepiece\\.bpe\\.model"
                        + "|chat_template\\.(jinja|json)|additional_chat_templates/[^/]+\\.jinja"
                        + "|(LICEN[CS]E|NOTICE|README|USE_POLICY)(\\.(md|txt))?");
    private static final Pattern USUAL_WEIGHTS =
            Pattern.compile(
                    "(model|adapter_model)(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");
    private static final Pattern ANY_WEIGHTS =
            Pattern.compile("[^/]+\\.safetensors(\\.index\\.json)?");
    private static final Pattern PICKLED = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl)");
    private static final Pattern OTHER_WEIGHTS =
            Pattern.compile(".*\\.(gguf|onnx|h5|msgpack|tflite|mlmodel)");

    /// Copies the lists.
    public FileChoice {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /// What a model needs.
    public static FileChoice usual() {
        return new FileChoice(List.of(), List.of());
    }

    /// Just these files.
    public static FileChoice exactly(List<String> paths) {
        return new FileChoice(
                paths.stream().map(path -> path.replaceAll("[\\[*?]", "[$0]")).toList(), List.of());
    }

    /// Whether it is [#usual].
    boolean isUsual() {
        return include.isEmpty() && exclude.isEmpty();
    }

    /// The chosen paths, sorted.
    ///
    /// @throws AttuneException if none is left, or a model has its weights in other formats only
    List<String> of(Collection<String> paths, HubReference reference) {
        List<String> chosen =
                paths.stream()
                        .filter(included(paths, reference))
                        .filter(path -> exclude.stream().noneMatch(glob -> matches(glob, path)))
                        .sorted()
                        .toList();
        boolean usualModel = include.isEmpty() && reference.kind() == RepositoryKind.MODEL;
        if (usualModel && paths.stream().noneMatch(path -> path.endsWith(".safetensors"))) {
            refuseOtherWeights(paths, reference);
        }
        if (chosen.isEmpty()) {
            throw AttuneException.user(
                            "None of the %d files of the repository is chosen."
                                    .formatted(paths.size()))
                    .at(reference)
                    .fix("Change --include and --exclude; '*' includes everything.");
        }
        return chosen;
    }

    private Predicate<String> included(Collection<String> paths, HubReference reference) {
        if (!include.isEmpty()) {
            return path -> include.stream().anyMatch(glob -> matches(glob, path));
        }
        if (reference.kind() == RepositoryKind.DATASET) {
            return path -> true;
        }
        boolean usual =
                paths.stream()
                        .anyMatch(path ->
                                path.endsWith(".safetensors")
                                        && USUAL_WEIGHTS.matcher(path).matches());
        Pattern weights = usual ? USUAL_WEIGHTS : ANY_WEIGHTS;
        return path -> NEEDED.matcher(path).matches() || weights.matcher(path).matches();
    }

    private static void refuseOtherWeights(Collection<String> paths, HubReference reference) {
        if (paths.stream().anyMatch(path -> PICKLED.matcher(path).matches())) {
            throw AttuneException.user(
                            "The repository has its weights as pickle files only, which can run"
                                    + " code of a stranger when they are read; Attune reads"
                                    + " safetensors only.")
                    .at(reference)
                    .fix(
                            "Look for a revision or a copy with safetensors files; --include"
                                    + " downloads any file by its name.");
        }
        if (paths.stream().anyMatch(path -> OTHER_WEIGHTS.matcher(path).matches())) {
            throw AttuneException.user(
                            "The repository has no safetensors files, only weights in other"
                                    + " formats.")
                    .at(reference)
                    .fix("Take the repository they were made from; --include downloads any file.");
        }
    }

    /// Whether a path matches a pattern, as Python's `fnmatch` has it.
    static boolean matches(String glob, String path) {
        String whole = glob.endsWith("/") ? glob + "*" : glob;
        try {
            return Pattern.compile(regex(whole), Pattern.DOTALL).matcher(path).matches();
        } catch (PatternSyntaxException e) {
            throw AttuneException.user("'" + glob + "' is no pattern of file names.")
                    .fix("Write one such as '*.safetensors' or 'tokenizer*'.")
                    .causedBy(e);
        }
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int end = c == '[' ? glob.indexOf(']', i + 2) : -1;
            if (end > 0) {
                regex.append(set(glob.substring(i + 1, end)));
                i = end;
            } else if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    private static String set(String inside) {
        boolean not = inside.length() > 1 && inside.startsWith("!");
        String plain = not ? inside.substring(1) : inside;
        String escaped = plain.replaceAll("[\\[\\]\\\\^&]", "\\\\$0");
        return "[" + (not ? "^" : "") + escaped + "]";
    }
}
