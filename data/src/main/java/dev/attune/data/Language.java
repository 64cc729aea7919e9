package dev.attune.data;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The language of a text, by its script or its function words. Told only where it is plain: of
/// short texts and of languages that are not listed nothing is said.
enum Language {
    /// English.
    ENGLISH("the and is are you that this with for not have what how your can from was will to of"),
    /// German.
    GERMAN("der die das und ist nicht ich sie mit ein eine für auf den wie bitte von werden zu im"),
    /// French.
    FRENCH("le la les et est une des dans pour que vous je pas sur avec du au ce qui mon votre"),
    /// Spanish.
    SPANISH("el la los las y es que en por para una con no su como del se mi puedo qué cómo"),
    /// Italian.
    ITALIAN("il lo gli è che di per una con non del della sono come più questo posso"),
    /// Portuguese.
    PORTUGUESE("os é que em por para uma com não da como você meu posso está são isso ao"),
    /// Dutch.
    DUTCH("de het een en van dat niet ik je met voor op zijn wat hoe mijn kan naar te"),
    /// Polish.
    POLISH("na nie się jest że jak moje mogę czy proszę dla jestem oraz przez"),
    /// Romanian.
    ROMANIAN("și este în nu cu pentru pe din sunt mai cum că fi meu sau acest"),
    /// By Cyrillic letters.
    RUSSIAN(""),
    /// By Han characters without kana.
    CHINESE(""),
    /// By kana.
    JAPANESE(""),
    /// By Hangul.
    KOREAN(""),
    /// By Arabic letters.
    ARABIC("");

    private static final List<Language> ALL = List.of(values());

    /// For each function word the languages that have it: a bit for each, by its place in [#ALL].
    private static final Map<String, Integer> LANGUAGES = languages();

    private static final int MAX_WORDS = 300;

    /// No function word is longer.
    private static final int MAX_CHARS = 8;

    @SuppressWarnings("ImmutableEnumChecker") // it is a Set.of
    private final Set<String> words;

    Language(String words) {
        this.words = words.isEmpty() ? Set.of() : Set.copyOf(List.of(words.split(" ")));
    }

    /// The language, where enough of its words stand in the text and clearly more than of any
    /// other.
    static Optional<Language> of(String text, Words words) {
        Optional<Language> script = ofScript(text);
        if (script.isPresent()) {
            return script;
        }
        int[] hits = new int[ALL.size()];
        List<String> all = words.all();
        for (String word : all.subList(0, Math.min(MAX_WORDS, all.size()))) {
            if (word.length() <= MAX_CHARS) {
                count(word, hits);
            }
        }
        Language best = ENGLISH;
        int most = 0;
        int second = 0;
        for (int i = 0; i < hits.length; i++) {
            int count = hits[i];
            if (count > most) {
                second = most;
                most = count;
                best = ALL.get(i);
            } else {
                second = Math.max(second, count);
            }
        }
        boolean plain =
                most >= 3 && most * 2 >= second * 3 && most * 12 >= Math.min(all.size(), MAX_WORDS);
        return plain ? Optional.of(best) : Optional.empty();
    }

    private static void count(String word, int[] hits) {
        int bits = LANGUAGES.getOrDefault(word, 0);
        while (bits != 0) {
            hits[Integer.numberOfTrailingZeros(bits)]++;
            bits &= bits - 1;
        }
    }

    private static Map<String, Integer> languages() {
        Map<String, Integer> languages = new HashMap<>();
        for (int i = 0; i < ALL.size(); i++) {
            int bit = 1 << i;
            ALL.get(i).words.forEach(word -> languages.merge(word, bit, (a, b) -> a | b));
        }
        return Collections.unmodifiableMap(languages);
    }

    /// As reports call it.
    String told() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static Optional<Language> ofScript(String text) {
        int letters = 0;
        Map<Language, Integer> counts = new EnumMap<>(Language.class);
        for (int i = 0; i < text.length() && letters < 400; i++) {
            char c = text.charAt(i);
            if (!Character.isLetter(c)) {
                continue;
            }
            letters++;
            if (c < '\u0400') {
                continue;
            }
            if (c >= '\u0400' && c <= '\u04ff') {
                counts.merge(RUSSIAN, 1, Integer::sum);
            } else if (c >= '\u3040' && c <= '\u30ff') {
                counts.merge(JAPANESE, 4, Integer::sum);
            } else if (c >= '\u4e00' && c <= '\u9fff') {
                counts.merge(CHINESE, 1, Integer::sum);
            } else if (c >= '\uac00' && c <= '\ud7a3') {
                counts.merge(KOREAN, 1, Integer::sum);
            } else if (c >= '\u0600' && c <= '\u06ff') {
                counts.merge(ARABIC, 1, Integer::sum);
            }
        }
        if (counts.isEmpty()) {
            return Optional.empty();
        }
        int all = letters;
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(e -> e.getValue() * 2 > all && all >= 4)
                .map(Map.Entry::getKey);
    }
}
