package dev.attune.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One attempt at a request: follows redirects, and gives the token to the endpoint only.
///
/// The caller closes each answer's body. Closed by whoever made it.
final class HubHttp implements AutoCloseable {
    private static final int MAX_REDIRECTS = 10;

    private final HubSettings settings;
    private final HttpClient client;

    HubHttp(HubSettings settings) {
        this.settings = settings;
        // HTTP/1.1: one file is read at a time, and nothing is gained by asking for another.
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.waiting().patience())
                        .build();
    }

    /// Gets a body.
    ///
    /// @throws HubFailure if there is no answer, or one other than 200 and 206
    HttpResponse<InputStream> open(URI address, Map<String, String> headers)
            throws HubFailure, InterruptedException {
        URI at = address;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<InputStream> answer = exchange("GET", at, headers);
            Optional<URI> next = redirect(answer, at);
            if (next.isEmpty()) {
                return accepted(answer, at);
            }
            close(answer);
            at = next.get();
        }
        throw HubFailure.odd(address, "redirects more than " + MAX_REDIRECTS + " times");
    }

    /// Gets headers. A redirect that leaves the endpoint is not followed: the endpoint's own answer
    /// has the headers of the hub.
    ///
    /// @throws HubFailure if there is no answer, or one that refuses
    HttpResponse<InputStream> head(URI address) throws HubFailure, InterruptedException {
        URI at = address;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<InputStream> answer = exchange("HEAD", at, Map.of());
            close(answer);
            Optional<URI> next = redirect(answer, at);
            if (next.isEmpty()) {
                return accepted(answer, at);
            }
            if (!isEndpoint(next.get())) {
                return answer;
            }
            at = next.get();
        }
        throw HubFailure.odd(address, "redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpResponse<InputStream> exchange(String method, URI at, Map<String, String> headers)
            throws HubFailure, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(settings.waiting().patience())
                        .header("User-Agent", "attune")
                        .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (isEndpoint(at)) {
            settings.token().ifPresent(t -> request.header("Authorization", t.authorization()));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw HubFailure.of(at, e);
        }
    }

    private HttpResponse<InputStream> accepted(HttpResponse<InputStream> answer, URI at)
            throws HubFailure {
        if (answer.statusCode() == 200 || answer.statusCode() == 206) {
            return answer;
        }
        close(answer);
        throw HubFailure.status(at, answer.statusCode(), answer.headers(), isEndpoint(at));
    }

    private static Optional<URI> redirect(HttpResponse<InputStream> answer, URI from)
            throws HubFailure {
        Optional<String> location = answer.headers().firstValue("Location");
        boolean redirects =
                switch (answer.statusCode()) {
                    case 301, 302, 303, 307, 308 -> location.isPresent();
                    default -> false;
                };
        if (!redirects) {
            return Optional.empty();
        }
        URI to = resolved(from, location.orElseThrow());
        boolean web = "https".equals(to.getScheme()) || "http".equals(to.getScheme());
        boolean downgrade = "https".equals(from.getScheme()) && "http".equals(to.getScheme());
        if (!web || to.getHost() == null || downgrade) {
            close(answer);
            throw HubFailure.odd(from, "redirects to an address that is not followed");
        }
        return Optional.of(to);
    }

    private static URI resolved(URI from, String location) throws HubFailure {
        try {
            return from.resolve(location);
        } catch (IllegalArgumentException _) {
            throw HubFailure.odd(from, "redirects to what is no address");
        }
    }

    /// Whether an address has the scheme, host and port of the endpoint.
    private boolean isEndpoint(URI address) {
        return origin(address).equals(origin(settings.endpoint()));
    }

    private static String origin(URI address) {
        int port = address.getPort();
        int usual = "https".equals(address.getScheme()) ? 443 : 80;
        return address.getScheme()
                + "://"
                + address.getHost().toLowerCase(Locale.ROOT)
                + ":"
                + (port < 0 ? usual : port);
    }

    private static void close(HttpResponse<InputStream> answer) {
        try {
            answer.body().close();
        } catch (IOException _) {
            // The answer is thrown away; that it ends badly changes nothing.
        }
    }

    /// Ends whatever is still under way.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
