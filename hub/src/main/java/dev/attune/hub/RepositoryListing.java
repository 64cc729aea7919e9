package dev.attune.hub;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a repository holds at a revision, as the hub tells it.
final class RepositoryListing {
    private static final int MAX_LISTING_BYTES = 64 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(100)
                                                    .build())
                                    .build())
                    .build();

    private final HubHttp http;
    private final HubSettings settings;
    private final HubReference reference;
    private final PullListener listener;

    RepositoryListing(
            HubHttp http, HubSettings settings, HubReference reference, PullListener listener) {
        this.http = http;
        this.settings = settings;
        this.reference = reference;
        this.listener = listener;
    }

    /// A repository's commit, and its files with as much as the listing tells of each.
    ///
    /// @param commit the hash that the revision stands for
    /// @param files by path; without a value where size or checksum are not told
    record Listing(String commit, Map<String, Optional<HubFile>> files) {}

    /// Asks for the files of the reference.
    Listing fetch() throws IOException, InterruptedException {
        URI address = api("/revision/" + encoded(reference.revision()) + "?blobs=true");
        JsonNode answer = new Patience(settings.waiting(), listener).run(() -> json(address));
        String commit = answer.path("sha").asString("");
        if (!HubReference.isCommit(commit) || !answer.path("siblings").isArray()) {
            throw HubFailure.odd(address, "answers without a commit and a list of files");
        }
        Map<String, Optional<HubFile>> files = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            String path = sibling.path("rfilename").asString("");
            RepositoryPath.fault(path)
                    .ifPresentOrElse(
                            why -> refused.add("'" + RepositoryPath.shown(path) + "': " + why),
                            () -> files.put(path, file(path, sibling)));
        }
        if (!refused.isEmpty()) {
            throw hostile(refused);
        }
        return new Listing(commit, files);
    }

    private AttuneException hostile(List<String> refused) {
        String first = refused.stream().limit(3).collect(Collectors.joining("; "));
        return AttuneException.user(
                        "The repository lists %d file%s by paths that are not written: %s."
                                .formatted(refused.size(), refused.size() == 1 ? "" : "s", first))
                .at(reference)
                .fix("Nothing was downloaded. Do not trust this repository.");
    }

    /// A file's size and checksum from its own headers.
    HubFile head(String path, String commit) throws IOException, InterruptedException {
        URI address = address(path, commit);
        var answer = new Patience(settings.waiting(), listener).run(() -> http.head(address));
        Optional<String> told = answer.headers().firstValue("X-Repo-Commit");
        if (told.isPresent() && !told.get().equals(commit)) {
            throw HubFailure.odd(address, "answers for another commit");
        }
        String etag = header(answer, "X-Linked-Etag").or(() -> header(answer, "ETag")).orElse("");
        String size =
                header(answer, "X-Linked-Size")
                        .or(() -> header(answer, "Content-Length"))
                        .filter(text -> text.matches("[0-9]{1,18}"))
                        .orElse("-1");
        return new HubFile(path, Long.parseLong(size), bare(etag));
    }

    /// Whether the repository itself is there, whatever its revision.
    boolean repositoryExists() throws InterruptedException {
        try {
            json(api(""));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Where a file's content is.
    URI address(String path, String commit) {
        String parts =
                Arrays.stream(path.split("/", -1))
                        .map(RepositoryListing::encoded)
                        .collect(Collectors.joining("/"));
        return URI.create(
                settings.endpoint()
                        + "/"
                        + reference.kind().urlPrefix()
                        + reference.id()
                        + "/resolve/"
                        + commit
                        + "/"
                        + parts);
    }

    private URI api(String rest) {
        return URI.create(
                settings.endpoint()
                        + "/api/"
                        + reference.kind().plural()
                        + "/"
                        + reference.id()
                        + rest);
    }

    private JsonNode json(URI address) throws IOException, InterruptedException {
        try (InputStream body = http.open(address, Map.of()).body()) {
            byte[] bytes = body.readNBytes(MAX_LISTING_BYTES + 1);
            if (bytes.length > MAX_LISTING_BYTES) {
                throw HubFailure.odd(address, "answers with a list longer than 64 MiB");
            }
            return MAPPER.readTree(bytes);
        } catch (JacksonException _) {
            throw HubFailure.odd(address, "answers with what is no JSON");
        } catch (HubFailure e) {
            throw e;
        } catch (IOException e) {
            throw HubFailure.of(address, e);
        }
    }

    /// Large files are told by the SHA-256 of their content, others by git's name of it.
    private static Optional<HubFile> file(String path, JsonNode sibling) {
        JsonNode large = sibling.path("lfs");
        String etag =
                large.isObject()
                        ? large.path("sha256").asString("")
                        : sibling.path("blobId").asString("");
        JsonNode size =
                large.path("size").isIntegralNumber() ? large.path("size") : sibling.path("size");
        long bytes = size.isIntegralNumber() ? size.asLong(-1) : -1;
        return HubFile.isTold(bytes, etag)
                ? Optional.of(new HubFile(path, bytes, etag))
                : Optional.empty();
    }

    private static Optional<String> header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name);
    }

    private static String bare(String etag) {
        return etag.replaceFirst("^W/", "").replace("\"", "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
