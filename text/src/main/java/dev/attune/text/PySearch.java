package dev.attune.text;

/// Looks for one text in another in time that grows with their sum, whatever they are.
final class PySearch {
    /// Up to here trying every place is as good.
    private static final int SHORT = 8;

    private PySearch() {}

    /// Where `part` is in `text` first, from `from` on; -1 if it is not.
    static int first(String text, String part, int from, RenderBudget budget) {
        if (part.length() > SHORT && from >= 0) {
            int found = found(new View(text, from, text.length(), false), part, budget);
            return found < 0 ? -1 : from + found;
        }
        int hit = text.indexOf(part, from);
        budget.read((hit < 0 ? text.length() : hit) - (long) from);
        return hit;
    }

    /// Where `part` is in `text` last, starting at `from` or before; -1 if it is not.
    static int last(String text, String part, int from, RenderBudget budget) {
        if (part.length() > SHORT && from >= 0) {
            int end = (int) Math.min(text.length(), (long) from + part.length());
            int found = found(new View(text, 0, end, true), part, budget);
            return found < 0 ? -1 : end - found - part.length();
        }
        int hit = text.lastIndexOf(part, from);
        budget.read(from - (long) hit);
        return hit;
    }

    /// A text read from one of its ends.
    private record View(String text, int from, int to, boolean backwards) {
        int length() {
            return to - from;
        }

        char at(int i) {
            return text.charAt(backwards ? to - 1 - i : from + i);
        }
    }

    /// Knuth, Morris and Pratt's search.
    private static int found(View text, String part, RenderBudget budget) {
        int length = part.length();
        if (text.length() < length) {
            return -1;
        }
        View wanted = new View(part, 0, length, text.backwards());
        budget.make(4L * length);
        int[] borders = borders(wanted);
        int matched = 0;
        for (int i = 0; i < text.length(); i++) {
            while (matched > 0 && text.at(i) != wanted.at(matched)) {
                matched = borders[matched - 1];
            }
            if (text.at(i) == wanted.at(matched)) {
                matched++;
            }
            if (matched == length) {
                budget.read(4L * (i + length));
                return i + 1 - length;
            }
        }
        budget.read(4L * (text.length() + length));
        return -1;
    }

    /// For every beginning the length of the longest other beginning that it ends with.
    private static int[] borders(View part) {
        int[] borders = new int[part.length()];
        int border = 0;
        for (int i = 1; i < borders.length; i++) {
            while (border > 0 && part.at(i) != part.at(border)) {
                border = borders[border - 1];
            }
            if (part.at(i) == part.at(border)) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }
}
