package dev.attune.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A hub of models on this machine, with a second server that it sends large files from, and with
/// every fault that a test asks of it.
///
/// ```
/// try (PlayedHub hub = PlayedHub.start()) {
///     hub.put("owner/name", Map.of("config.json", bytes));
///     hub.fail("/config.json", new Fault.Cut(10));
///     ... hub.endpoint() ...
///     assertThat(hub.requests()).hasSize(3);
/// }
/// ```
///
/// Listens on the loopback address only; any number of threads may ask it. Closed by the test.
public final class PlayedHub implements AutoCloseable {
    /// The commit of every repository's `main`.
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final Map<String, PlayedRepository> repositories = new ConcurrentHashMap<>();
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final List<Asked> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final HttpServer hub;
    private final HttpServer store;

    private volatile boolean tellsBlobs = true;

    private PlayedHub() throws IOException {
        hub = server("hub");
        store = server("store");
    }

    /// What goes wrong with one answer.
    public sealed interface Fault {
        /// Refuses, with headers of the hub such as `X-Error-Code`.
        record Status(int code, Map<String, String> headers) implements Fault {}

        /// Ends the connection after so many bytes of the body.
        record Cut(int bytes) implements Fault {}

        /// Sends other bytes, as many.
        record Damage() implements Fault {}

        /// Sends the whole where a part is asked for.
        record Whole() implements Fault {}

        /// Sends so many bytes and then nothing, until the other side hangs up.
        record Stall(int bytes) implements Fault {}

        /// Redirects, also to where no redirect should lead.
        record Redirect(String location) implements Fault {}

        /// Answers with this text.
        record Text(String body) implements Fault {}
    }

    /// A request as it came.
    ///
    /// @param server `hub` or `store`
    /// @param method `GET` or `HEAD`
    /// @param path the path, still encoded, without its query
    /// @param range the header, if there was one
    /// @param authorization the header, if there was one
    /// @param bytes how much was sent for it
    public record Request(
            String server,
            String method,
            String path,
            Optional<String> range,
            Optional<String> authorization,
            long bytes) {}

    /// Starts both servers.
    public static PlayedHub start() {
        try {
            return new PlayedHub();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The hub's address.
    public URI endpoint() {
        return address(hub);
    }

    /// Where large files come from.
    public URI storeAddress() {
        return address(store);
    }

    /// Gives the hub a repository. Safetensors files are large ones: told by SHA-256 and sent from
    /// the second server.
    ///
    /// @param id `owner/name`, or `datasets/owner/name`
    public void put(String id, Map<String, byte[]> files) {
        repositories.put(id, new PlayedRepository(files));
    }

    /// Gives the next answer to a path that ends like this a fault; several come in turn.
    public void fail(String pathEnd, Fault... inTurn) {
        faults.computeIfAbsent(pathEnd, _ -> new ArrayDeque<>()).addAll(Arrays.asList(inTurn));
    }

    /// From now on lists names only, as some mirrors do.
    public void listNamesOnly() {
        tellsBlobs = false;
    }

    /// What was asked so far, in order.
    public List<Request> requests() {
        return requests.stream().map(Asked::told).toList();
    }

    /// Forgets what was asked.
    public void forgetRequests() {
        requests.clear();
    }

    private HttpServer server(String name) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(name, exchange));
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private Optional<Fault> fault(String path) {
        synchronized (faults) {
            return faults.entrySet().stream()
                    .filter(entry -> path.endsWith(entry.getKey()) && !entry.getValue().isEmpty())
                    .findFirst()
                    .map(entry -> entry.getValue().remove());
        }
    }

    private void answer(String server, HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Asked asked = new Asked(server, exchange);
        requests.add(asked);
        try (exchange) {
            Optional<Fault> fault = fault(server.equals("hub") ? path : "store:" + path);
            if (fault.isPresent()) {
                wrong(exchange, asked, fault.get());
            } else {
                right(exchange, asked);
            }
        }
    }

    /// A request, written down before it is answered: whoever has the answer finds it.
    private static final class Asked {
        private final Request request;
        private volatile long bytes;

        Asked(String server, HttpExchange exchange) {
            request =
                    new Request(
                            server,
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getRawPath(),
                            header(exchange, "Range"),
                            header(exchange, "Authorization"),
                            0);
        }

        Request told() {
            return new Request(
                    request.server(),
                    request.method(),
                    request.path(),
                    request.range(),
                    request.authorization(),
                    bytes);
        }
    }

    private void wrong(HttpExchange exchange, Asked asked, Fault fault) throws IOException {
        switch (fault) {
            case Fault.Status(int code, Map<String, String> headers) -> {
                headers.forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(code, -1);
            }
            case Fault.Redirect(String location) -> {
                exchange.getResponseHeaders().set("Location", location);
                exchange.sendResponseHeaders(302, -1);
            }
            case Fault.Text(String body) ->
                    send(
                            exchange,
                            asked,
                            200,
                            body.getBytes(StandardCharsets.UTF_8),
                            Integer.MAX_VALUE);
            case Fault.Damage _ -> {
                byte[] damaged = content(exchange).clone();
                damaged[damaged.length / 2] ^= 1;
                send(exchange, asked, 200, damaged, Integer.MAX_VALUE);
            }
            case Fault.Whole _ -> send(exchange, asked, 200, content(exchange), Integer.MAX_VALUE);
            case Fault.Cut(int bytes) -> part(exchange, asked, bytes);
            case Fault.Stall(int bytes) -> {
                part(exchange, asked, bytes);
                awaitEnd();
            }
        }
    }

    private void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void right(HttpExchange exchange, Asked asked) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (asked.request.server().equals("store")) {
            part(exchange, asked, Integer.MAX_VALUE);
            return;
        }
        String[] parts = path.substring(1).split("/", 6);
        if (parts[0].equals("api")) {
            listing(exchange, asked, parts);
        } else {
            resolve(exchange, asked);
        }
    }

    /// `/api/models/owner/name` and `/api/models/owner/name/revision/main`.
    private void listing(HttpExchange exchange, Asked asked, String[] parts) throws IOException {
        String prefix = parts.length > 1 && parts[1].equals("datasets") ? "datasets/" : "";
        Optional<PlayedRepository> repository =
                parts.length < 4
                        ? Optional.empty()
                        : repository(prefix + parts[2] + "/" + parts[3]);
        if (repository.isEmpty()) {
            missing(exchange, "RepoNotFound");
            return;
        }
        String revision = parts.length == 6 ? parts[5] : "main";
        if (!revision.equals("main") && !revision.equals(COMMIT)) {
            missing(exchange, "RevisionNotFound");
            return;
        }
        boolean blobs = "blobs=true".equals(exchange.getRequestURI().getQuery());
        byte[] json = repository.get().listing(COMMIT, blobs && tellsBlobs);
        send(exchange, asked, 200, json, Integer.MAX_VALUE);
    }

    /// `/owner/name/resolve/commit/path`: the file, or a redirect to where large ones are.
    private void resolve(HttpExchange exchange, Asked asked) throws IOException {
        String[] parts = parts(exchange);
        Optional<PlayedRepository> repository =
                parts.length < 5 ? Optional.empty() : repository(parts[0] + "/" + parts[1]);
        if (repository.isEmpty()) {
            missing(exchange, "RepoNotFound");
            return;
        }
        String path = parts[4];
        if (repository.get().file(path).isEmpty()) {
            missing(exchange, "EntryNotFound");
            return;
        }
        byte[] content = repository.get().file(path).orElseThrow();
        exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
        if (PlayedRepository.isLarge(path)) {
            String to =
                    storeAddress() + exchange.getRequestURI().getRawPath() + "?Signature=secret";
            exchange.getResponseHeaders()
                    .set("X-Linked-Etag", "\"" + PlayedRepository.etag(path, content) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
            exchange.getResponseHeaders().set("Location", to);
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        exchange.getResponseHeaders()
                .set("ETag", "\"" + PlayedRepository.etag(path, content) + "\"");
        part(exchange, asked, Integer.MAX_VALUE);
    }

    /// Owner, name, `resolve`, revision and path; the owner of a data set with `datasets/` before
    /// it.
    private static String[] parts(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath().substring(1);
        boolean dataset = path.startsWith("datasets/");
        String[] parts = path.substring(dataset ? "datasets/".length() : 0).split("/", 5);
        parts[0] = dataset ? "datasets/" + parts[0] : parts[0];
        return parts;
    }

    private Optional<PlayedRepository> repository(String id) {
        return Optional.ofNullable(repositories.get(id));
    }

    private byte[] content(HttpExchange exchange) {
        String[] parts = parts(exchange);
        return repository(parts[0] + "/" + parts[1]).orElseThrow().file(parts[4]).orElseThrow();
    }

    /// The part that is asked for, or the whole; at most so many bytes of it.
    private void part(HttpExchange exchange, Asked asked, int most) throws IOException {
        byte[] content = content(exchange);
        Optional<String> range = header(exchange, "Range");
        if (range.isEmpty()) {
            send(exchange, asked, 200, content, most);
            return;
        }
        int from = Integer.parseInt(range.get().replaceAll("bytes=|-", ""));
        if (from >= content.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        exchange.getResponseHeaders()
                .set(
                        "Content-Range",
                        "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        send(exchange, asked, 206, Arrays.copyOfRange(content, from, content.length), most);
    }

    private static void missing(HttpExchange exchange, String errorCode) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", errorCode);
        exchange.sendResponseHeaders(404, -1);
    }

    private static void send(HttpExchange exchange, Asked asked, int code, byte[] body, int most)
            throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        int bytes = Math.min(most, body.length);
        asked.bytes = bytes;
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body, 0, bytes);
        exchange.getResponseBody().flush();
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /// Ends both servers and every answer under way.
    @Override
    public void close() {
        ended.countDown();
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }
}
