package dev.attune.bench;

import dev.attune.data.CheckReport;
import dev.attune.data.ColumnMapping;
import dev.attune.data.DataCheck;
import dev.attune.data.Finding;
import dev.attune.data.Progress;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Plants defects of known kinds into clean rows, has them checked, and counts what was found.
///
/// @param rows how many clean rows there are
/// @param planted how many defects of each kind and strength
record PlantedDefects(int rows, int planted, long seed) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> BEYOND =
            Arrays.stream(Rewording.values())
                    .filter(way -> !way.isPromised())
                    .map(Rewording::name)
                    .collect(Collectors.toUnmodifiableSet());

    /// Of one check and strength: planted, found, and found though not planted. What was not
    /// planted has no strength, so that a check's wrong finds stand under the strength "all
    /// promised".
    record Score(String check, String strength, int planted, int found, int wrong) {
        double recall() {
            return planted == 0 ? 1 : (double) found / planted;
        }

        double precision() {
            return found + wrong == 0 ? 1 : (double) found / (found + wrong);
        }
    }

    /// What is planted where: the line of each planted row, with its strength.
    private static final class Plan {
        private final List<String> train = new ArrayList<>();
        private final List<String> heldOut = new ArrayList<>();
        private final Map<Integer, String> strengths = new TreeMap<>();
    }

    /// Every kind of defect, each in data of its own in `folder`.
    List<Score> scores(Path folder) throws IOException {
        List<Score> scores = new ArrayList<>();
        scores.addAll(scored(folder, "contradiction", contradictions(), Set.of("contradiction")));
        scores.addAll(
                scored(
                        folder,
                        "near_duplicate",
                        duplicates(),
                        Set.of("duplicate", "near_duplicate")));
        scores.addAll(scored(folder, "leak", leaks(), Set.of("leak", "near_leak")));
        scores.addAll(scored(folder, "personal", personal(), Set.of()));
        scores.addAll(structure(folder));
        return scores;
    }

    private Plan contradictions() {
        Random random = new Random(seed);
        Plan plan = new Plan();
        List<MadeUpRows.Row> clean = clean(true);
        clean.forEach(row -> plan.train.add(json(row)));
        int at = 0;
        for (Rewording how : Rewording.values()) {
            for (int i = 0; i < planted; i++) {
                MadeUpRows.Row row = clean.get(at++);
                int label = MadeUpRows.LABELS.indexOf(row.answer());
                int other = (label + 1 + random.nextInt(MadeUpRows.LABELS.size() - 1));
                String wrong = MadeUpRows.LABELS.get(other % MadeUpRows.LABELS.size());
                plant(plan, how.name(), json(row.with(how.of(row, random)).answered(wrong)));
            }
        }
        return plan;
    }

    private Plan duplicates() {
        Random random = new Random(seed + 1);
        Plan plan = new Plan();
        List<MadeUpRows.Row> clean = clean(false);
        clean.forEach(row -> plan.train.add(json(row)));
        int at = 0;
        for (Rewording how : Rewording.values()) {
            for (int i = 0; i < planted; i++) {
                MadeUpRows.Row row = clean.get(at++);
                plant(plan, how.name(), json(row.with(how.of(row, random))));
            }
        }
        return plan;
    }

    private Plan leaks() {
        Random random = new Random(seed + 2);
        Plan plan = new Plan();
        MadeUpRows made = new MadeUpRows(seed + 2);
        List<MadeUpRows.Row> clean = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            clean.add(made.next());
            plan.train.add(json(clean.getLast()));
        }
        int at = 0;
        for (Rewording how : Rewording.values()) {
            for (int i = 0; i < planted; i++) {
                MadeUpRows.Row row = clean.get(at++);
                plan.heldOut.add(
                        json(row.with(how.of(row, random)).answered(made.next().answer())));
                plan.strengths.put(plan.heldOut.size(), how.name());
            }
        }
        for (int i = 0; i < rows / 4; i++) {
            plan.heldOut.add(json(made.next()));
        }
        return plan;
    }

    private Plan personal() {
        Random random = new Random(seed + 3);
        Plan plan = new Plan();
        for (MadeUpRows.Row row : clean(false)) {
            String harmless = PersonalSamples.harmless(random);
            plan.train.add(json(row.answered(row.answer() + " See " + harmless + ".")));
        }
        for (PersonalSamples kind : PersonalSamples.values()) {
            MadeUpRows made = new MadeUpRows(seed + 4 + Arrays.hashCode(kind.name().toCharArray()));
            for (int i = 0; i < planted; i++) {
                MadeUpRows.Row row = made.next();
                String holding = "Write to " + kind.sample(random) + ", please. ";
                plant(
                        plan,
                        kind.name(),
                        json(
                                random.nextBoolean()
                                        ? row.with(holding + row.prompt())
                                        : row.answered(holding + row.answer())));
            }
        }
        return plan;
    }

    /// Faults of structure, each planted in rows of messages.
    private List<Score> structure(Path folder) throws IOException {
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put("no_answer", "[%1$s]");
        faults.put("empty_content", "[%1$s,{\"role\":\"assistant\",\"content\":\"  \"},%1$s,%2$s]");
        faults.put("unknown_role", "[{\"role\":\"narrator\",\"content\":\"x\"},%1$s,%2$s]");
        faults.put("role_order", "[%1$s,%1$s,%2$s]");
        faults.put("ends_unanswered", "[%1$s,%2$s,%1$s]");
        faults.put(
                "tool_call",
                "[%1$s,{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"function\":"
                    + "{\"name\":\"f\",\"arguments\":\"{x\"}}]},{\"role\":\"tool\",\"content\":\"y\"},%2$s]");
        faults.put("encoding", "[%1$s,{\"role\":\"assistant\",\"content\":\"fÃ¼r Sie\"}]");
        faults.put(
                "control_characters", "[%1$s,{\"role\":\"assistant\",\"content\":\"a\\u0007b\"}]");
        Plan plan = new Plan();
        MadeUpRows made = new MadeUpRows(seed + 5);
        for (int i = 0; i < rows / 4; i++) {
            plan.train.add(messages("[%1$s,%2$s]", made.next()));
        }
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            for (int i = 0; i < planted; i++) {
                plant(plan, fault.getKey(), messages(fault.getValue(), made.next()));
            }
        }
        CheckReport report = checked(folder, "structure", plan);
        List<Score> scores = new ArrayList<>();
        for (String code : faults.keySet()) {
            Set<Integer> lines = lines(report, Set.of(code));
            int found = 0;
            for (Map.Entry<Integer, String> place : plan.strengths.entrySet()) {
                found += place.getValue().equals(code) && lines.remove(place.getKey()) ? 1 : 0;
            }
            scores.add(new Score("structure", code, planted, found, lines.size()));
        }
        return scores;
    }

    private List<Score> scored(Path folder, String check, Plan plan, Set<String> codes)
            throws IOException {
        CheckReport report = checked(folder, check, plan);
        List<Score> scores = new ArrayList<>();
        Set<Integer> lines =
                codes.isEmpty()
                        ? lines(
                                report,
                                Set.of(
                                        "personal_email",
                                        "personal_phone",
                                        "personal_card",
                                        "personal_iban",
                                        "personal_api_key",
                                        "personal_private_key"))
                        : lines(report, codes);
        Map<String, int[]> counts = new LinkedHashMap<>();
        int found = 0;
        int promisedRows = 0;
        for (Map.Entry<Integer, String> place : plan.strengths.entrySet()) {
            int[] count = counts.computeIfAbsent(place.getValue(), _ -> new int[2]);
            count[0]++;
            boolean promised = !BEYOND.contains(place.getValue());
            promisedRows += promised ? 1 : 0;
            if (lines.remove(place.getKey())) {
                count[1]++;
                found += promised ? 1 : 0;
            }
        }
        counts.forEach(
                (strength, count) -> scores.add(new Score(check, strength, count[0], count[1], 0)));
        scores.add(new Score(check, "all promised", promisedRows, found, lines.size()));
        return scores;
    }

    private CheckReport checked(Path folder, String name, Plan plan) throws IOException {
        Path train = Files.write(folder.resolve(name + ".jsonl"), plan.train);
        List<Path> heldOut =
                plan.heldOut.isEmpty()
                        ? List.of()
                        : List.of(
                                Files.write(folder.resolve(name + "-heldout.jsonl"), plan.heldOut));
        return new DataCheck(
                        List.of(train),
                        heldOut,
                        ColumnMapping.NONE,
                        Optional.empty(),
                        Integer.MAX_VALUE)
                .run(Progress.SILENT);
    }

    /// The rows that findings of some codes name; of pairs the later row.
    private static Set<Integer> lines(CheckReport report, Set<String> codes) {
        Set<Integer> lines = new HashSet<>();
        for (Finding finding : report.findings()) {
            if (codes.contains(finding.code())) {
                switch (finding) {
                    case Finding.InRows rows ->
                            rows.rows().forEach(row -> lines.add((int) row.origin().line()));
                    case Finding.InPairs pairs ->
                            pairs.pairs().forEach(pair -> lines.add((int) pair.second().line()));
                    case Finding.InSet _ -> {}
                }
            }
        }
        return lines;
    }

    private List<MadeUpRows.Row> clean(boolean labelled) {
        MadeUpRows made = new MadeUpRows(seed);
        List<MadeUpRows.Row> clean = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            clean.add(labelled ? made.labelled() : made.next());
        }
        return clean;
    }

    private static void plant(Plan plan, String strength, String row) {
        plan.train.add(row);
        plan.strengths.put(plan.train.size(), strength);
    }

    static String json(MadeUpRows.Row row) {
        ObjectNode node = JSON.createObjectNode();
        return node.put("prompt", row.prompt()).put("completion", row.answer()).toString();
    }

    private static String messages(String form, MadeUpRows.Row row) {
        String user =
                JSON.createObjectNode().put("role", "user").put("content", row.prompt()).toString();
        String answer =
                JSON.createObjectNode()
                        .put("role", "assistant")
                        .put("content", row.answer())
                        .toString();
        return "{\"messages\":" + form.formatted(user, answer) + "}";
    }
}
