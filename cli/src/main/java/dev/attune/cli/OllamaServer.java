package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.text.Message;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server of an Ollama on this machine or another, where `OLLAMA_HOST` says. For one thread.
final class OllamaServer implements AutoCloseable {
    private static final String USUAL_PORT = "11434";
    private static final Duration CONNECTS = Duration.ofSeconds(5);
    private static final Duration ANSWERS = Duration.ofMinutes(5);

    private final URI address;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECTS).build();

    private OllamaServer(URI address) {
        this.address = address;
    }

    static OllamaServer of(Map<String, String> environment) {
        return new OllamaServer(address(environment.getOrDefault("OLLAMA_HOST", "").strip()));
    }

    /// The address that a value of `OLLAMA_HOST` means: a host, a port or both, with or without a
    /// scheme; an address to listen on everywhere is asked on this machine.
    static URI address(String host) {
        boolean schemed = host.contains("://");
        String scheme = schemed ? host.substring(0, host.indexOf("://")) : "http";
        String rest = schemed ? host.substring(host.indexOf("://") + 3) : host;
        String authority = rest.replaceFirst("/.*", "");
        String usual = schemed ? (scheme.equals("https") ? "443" : "80") : USUAL_PORT;
        int colon = authority.lastIndexOf(':');
        boolean ported = colon >= 0 && authority.substring(colon + 1).matches("\\d+");
        String name = ported ? authority.substring(0, colon) : authority.replaceFirst(":$", "");
        String port = ported ? authority.substring(colon + 1) : usual;
        if (name.isEmpty() || name.equals("0.0.0.0") || name.equals("[::]")) {
            name = "127.0.0.1";
        }
        try {
            return URI.create(scheme + "://" + name + ":" + port);
        } catch (IllegalArgumentException e) {
            throw AttuneException.user("OLLAMA_HOST is no address: " + host + ".")
                    .fix("Set it to host:port, or leave it out for 127.0.0.1:" + USUAL_PORT + ".")
                    .causedBy(e);
        }
    }

    /// The version of the server.
    ///
    /// @throws AttuneException of kind ENVIRONMENT if nobody answers there
    String version() {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/api/version")).timeout(CONNECTS).build();
        return send(request).path("version").asString("unknown");
    }

    /// What a model answers to a conversation.
    String ask(String model, List<Message> messages) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put(
                "messages",
                messages.stream()
                        .map(m ->
                                Map.of(
                                        "role",
                                        m.role(),
                                        "content",
                                        m.fields().path("content").asString("")))
                        .toList());
        body.put("stream", false);
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/api/chat"))
                        .timeout(ANSWERS)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JsonText.write(body)))
                        .build();
        return send(request).path("message").path("content").asString("");
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    client.send(
                            request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() == 200) {
                return JsonText.read(response.body(), request.uri().toString());
            }
            throw AttuneException.environment(
                            "Ollama's server answers %d: %s"
                                    .formatted(response.statusCode(), firstLine(response.body())))
                    .at(request.uri())
                    .fix("Look into the log of ollama serve.");
        } catch (IOException e) {
            throw AttuneException.environment(
                            "Ollama's server does not answer"
                                    + Optional.ofNullable(e.getMessage())
                                            .map(m -> " (" + m + ")")
                                            .orElse("")
                                    + ".")
                    .at(address)
                    .fix("Start it with ollama serve, or set OLLAMA_HOST to where it runs.")
                    .causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AttuneException.environment("The wait for Ollama was interrupted.").causedBy(e);
        }
    }

    private static String firstLine(String text) {
        return text.lines()
                .findFirst()
                .map(l -> l.substring(0, Math.min(200, l.length())))
                .orElse("nothing");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
