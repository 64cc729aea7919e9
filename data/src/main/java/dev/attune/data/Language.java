package dev.attune.data;

import java.util.EnumMap;
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
    ITALIAN("il lo gli e è che di per una con non del della sono come mi più questo posso"),
    /// Portuguese.
    PORTUGUESE("o os as e é que em por para uma com não do da como você meu posso está no"),
    /// Dutch.
    DUTCH("de het een en is van dat niet ik je met voor op zijn wat hoe mijn kan naar te"),
    /// Polish.
    POLISH("i w na nie się z do jest że to jak co moje mogę czy proszę dla po jestem"),
    /// Romanian.
    ROMANIAN("și este în nu la cu pentru pe care din sunt mai cum că un o fi este meu"),
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
        int[] hits = new int[values().length];
        List<String> all = words.all();
        for (String word : all.subList(0, Math.min(MAX_WORDS, all.size()))) {
            if (word.length() <= MAX_CHARS) {
                count(word, hits);
            }
        }
        Language best = ENGLISH;
        int most = 0;
        int second = 0;
        for (Language language : values()) {
            int count = hits[language.ordinal()];
            if (count > most) {
                second = most;
                most = count;
                best = language;
            } else {
                second = Math.max(second, count);
            }
        }
        boolean plain =
                most >= 3 && most * 2 >= second * 3 && most * 12 >= Math.min(all.size(), MAX_WORDS);
        return plain ? Optional.of(best) : Optional.empty();
    }

    private static void count(String word, int[] hits) {
        for (Language language : values()) {
            if (language.words.contains(word)) {
                hits[language.ordinal()]++;
            }
        }
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
        int all = letters;
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(e -> e.getValue() * 2 > all && all >= 4)
                .map(Map.Entry::getKey);
    }
}
