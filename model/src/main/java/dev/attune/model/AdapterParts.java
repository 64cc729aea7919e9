package dev.attune.model;

import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The sorts of thing an adapter puts into a decoder.
final class AdapterParts {
    private AdapterParts() {}

    /// Factors beside a linear layer.
    record OfProjection(Projection projection, Projection.Update update) implements Adapter.Part {
        @Override
        public AdapterChange change() {
            return new AdapterChange.Factors(
                    projection.path(), projection.layout(), update.lowRank(), update.magnitude());
        }

        @Override
        public void attach() {
            projection.attach(update);
        }

        @Override
        public void detach() {
            projection.attach(null);
        }

        @Override
        public List<Parameter> parameters() {
            List<Parameter> all = new ArrayList<>();
            all.add(update.lowRank().a());
            all.add(update.lowRank().b());
            update.magnitude().ifPresent(all::add);
            return all;
        }
    }

    /// Factors beside the embedding table.
    record OfEmbedding(TokenEmbedding embedding, LowRank update) implements Adapter.Part {
        @Override
        public AdapterChange change() {
            return new AdapterChange.EmbeddingFactors(embedding.path(), update);
        }

        @Override
        public void attach() {
            embedding.attach(update);
        }

        @Override
        public void detach() {
            embedding.attach(null);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(update.a(), update.b());
        }
    }

    /// Another weight or bias in place of a layer's own.
    static final class Replacement implements Adapter.Part {
        private final Swap swap;
        private final AdapterChange change;
        private final Parameter own;
        private Optional<Parameter> before = Optional.empty();

        private Replacement(Swap swap, AdapterChange change, Parameter own) {
            this.swap = swap;
            this.change = change;
            this.own = own;
        }

        static Replacement ofWeight(String path, Swap swap, Parameter own) {
            return new Replacement(swap, new AdapterChange.Weight(path, own), own);
        }

        static Replacement ofBias(String path, Swap swap, Parameter own) {
            return new Replacement(swap, new AdapterChange.Bias(path, own), own);
        }

        @Override
        public AdapterChange change() {
            return change;
        }

        /// Puts a parameter in and gives back the one that was there.
        interface Swap {
            Parameter with(Parameter other);
        }

        @Override
        public void attach() {
            before = Optional.of(swap.with(own));
        }

        @Override
        public void detach() {
            before.ifPresent(swap::with);
            before = Optional.empty();
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(own);
        }
    }
}
