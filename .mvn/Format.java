import com.google.googlejavaformat.java.Main;

/// Holds the layout of every Java file of the tree: google-java-format, AOSP style.
///
/// `check` names the files that differ and fails; `write` rewrites them. Run by Maven, in the root:
/// `mvn verify` checks, `mvn -N -Pformat verify` writes.
void main(String[] args) throws Exception {
    boolean write =
            switch (args.length == 1 ? args[0] : "") {
                case "check" -> false;
                case "write" -> true;
                default ->
                        throw new IllegalArgumentException(
                                "expected check or write, found " + List.of(args));
            };
    var differing = new StringWriter();
    var errors = new StringWriter();
    int code = format(javaFiles(Path.of(".").normalize()), write, differing, errors);
    System.err.print(errors);
    if (code != 0 && errors.toString().isEmpty()) {
        System.err.println("These files are not in the house layout:");
        differing.toString().lines().forEach(line -> System.err.println("  " + line));
        System.err.println("To format them: mvn -N -Pformat verify");
    }
    System.exit(code);
}

private static int format(List<String> files, boolean write, Writer out, Writer err)
        throws Exception {
    var options = new ArrayList<String>(List.of("--aosp"));
    options.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    options.addAll(files);
    try (var output = new PrintWriter(out);
            var errors = new PrintWriter(err)) {
        return new Main(output, errors, System.in).format(options.toArray(String[]::new));
    }
}

/// Every `.java` file below `root`, build outputs and hidden folders left out.
private static List<String> javaFiles(Path root) throws IOException {
    try (var modules = Files.list(root)) {
        var sources =
                modules.map(module -> module.resolve("src")).filter(Files::isDirectory).toList();
        var files = new ArrayList<String>(List.of(".mvn/Format.java"));
        for (Path source : sources) {
            try (var tree = Files.walk(source)) {
                tree.map(Path::toString)
                        .filter(name -> name.endsWith(".java"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }
}
