package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says what to do with a file that is an object over several lines, where rows were expected.
final class ObjectFile {
    private static final int MAX_KEYS = 100;

    private final StrictUtf8Reader text;
    private final JsonParser json;
    private final List<String> keys = new ArrayList<>();
    private final List<String> lists = new ArrayList<>();

    private ObjectFile(StrictUtf8Reader text, JsonParser json) {
        this.text = text;
        this.json = json;
    }

    /// The error for such a file, after a look at its keys; nothing is held.
    static AttuneException explained(Source source) {
        StrictUtf8Reader text = new StrictUtf8Reader(source.open());
        try (JsonParser json = RowJson.parser(text)) {
            return new ObjectFile(text, json).explained().at(source.file());
        }
    }

    private AttuneException explained() {
        Optional<JsonToken> after;
        try {
            RowJson.next(json);
            look();
            after = RowJson.next(json);
        } catch (RowJson.BadJson | JacksonException e) {
            return AttuneException.user(
                            "The file is one JSON object over several lines, and is broken near"
                                    + " line %d; expected a JSON array or JSON lines."
                                            .formatted(json.currentLocation().getLineNr()))
                    .fix("Write each row on a line of its own, or all in one list.")
                    .causedBy(e);
        }
        if (after.isPresent()) {
            return AttuneException.user(
                            "The file is a sequence of JSON objects, each over several lines;"
                                    + " expected each on one line, or all in one list.")
                    .fix("Write each object on one line, as `jq -c .` does.");
        }
        if (!lists.isEmpty()) {
            return AttuneException.user(
                            "The file is one JSON object, of which %s; expected the rows themselves."
                                    .formatted(String.join(" and ", lists)))
                    .fix("Write that list alone into a file, as `jq .KEY` does.");
        }
        return AttuneException.user(
                        "The file is one JSON object with %s; expected many rows."
                                .formatted(Quoted.keys(keys)))
                .fix("Write each row on a line of its own, or all in one list.");
    }

    private void look() throws RowJson.BadJson {
        while (require() == JsonToken.PROPERTY_NAME) {
            String key = Quoted.plain(json.currentName());
            JsonToken value = require();
            long objects = skip(value);
            if (keys.size() < MAX_KEYS) {
                keys.add(key);
            }
            if (objects > 0 && lists.size() < 5) {
                lists.add("`%s` holds a list of %,d objects".formatted(key, objects));
            }
        }
    }

    /// Passes over a value; how many objects it holds directly, if it is a list.
    private long skip(JsonToken value) throws RowJson.BadJson {
        long objects = 0;
        int open = value.isStructStart() ? 1 : 0;
        while (open > 0) {
            JsonToken token = require();
            if (token == JsonToken.START_OBJECT && open == 1 && value == JsonToken.START_ARRAY) {
                objects++;
            }
            open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
        return objects;
    }

    private JsonToken require() throws RowJson.BadJson {
        text.allowRow(); // nothing is held, so nothing need be short
        return RowJson.next(json)
                .orElseThrow(() -> new RowJson.BadJson("it ends first.", "Copy it again."));
    }
}
