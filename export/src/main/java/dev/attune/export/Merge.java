package dev.attune.export;

import dev.attune.format.Checkpoint;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.SafetensorsDtype;
import dev.attune.model.AdapterChange;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Linear;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Magnitude;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.Optional;

/// Puts an adapter into the weights of its base, tensor by tensor, so that no more than one of them
/// is in memory.
///
/// ```
/// LoRA       W' = W + s·B·A
/// DoRA       W' = m / |W + s·B·A| · (W + s·B·A), by rows
/// embedding  W' = W + s·(B·A)ᵀ
/// ```
///
/// Computed in float32 on the weight as it is stored, and rounded once, to the type it is written
/// in. A tensor that nothing changes is copied byte for byte.
///
/// @param checkpoint the base's weights
/// @param plan what to write
record Merge(Checkpoint checkpoint, MergePlan plan) {

    /// Supplies every tensor of the plan.
    void writeTo(CheckpointWriter writer, ExportProgress progress) {
        int done = 0;
        for (MergePlan.Output output : plan.outputs()) {
            write(output, writer);
            progress.written(output.spec().name(), ++done, plan.outputs().size());
        }
    }

    private void write(MergePlan.Output output, CheckpointWriter writer) {
        String name = output.spec().name();
        boolean same = output.spec().dtype() == output.source().dtype();
        if (same && output.changes().isEmpty()) {
            writer.write(name, checkpoint.bytes(output.source().name()));
            checkpoint.release(output.source().name());
            return;
        }
        try (var _ = Scope.open(name)) {
            Tensor merged = values(output);
            writer.write(name, merged.to(torchType(output.spec().dtype())).contiguous().memory());
        }
    }

    /// A tensor of the plan in float32, in the open scope; the caller may change it.
    Tensor values(MergePlan.Output output) {
        Tensor merged = read(output);
        for (AdapterChange change : output.changes()) {
            merged = changed(merged, change);
        }
        return merged;
    }

    private Tensor read(MergePlan.Output output) {
        long[] shape = output.source().shape().stream().mapToLong(Long::longValue).toArray();
        Tensor read =
                Tensor.read(
                        checkpoint.bytes(output.source().name()),
                        torchType(output.source().dtype()),
                        Dtype.FLOAT32,
                        Device.CPU,
                        shape);
        checkpoint.release(output.source().name());
        return read;
    }

    private static Tensor changed(Tensor weight, AdapterChange change) {
        return switch (change) {
            case AdapterChange.Weight(_, Parameter value) -> own(value);
            case AdapterChange.Bias(_, Parameter value) -> own(value);
            case AdapterChange.Factors(_, var layout, LowRank lowRank, var magnitude) ->
                    updated(weight, layout, lowRank, magnitude);
            case AdapterChange.EmbeddingFactors(_, LowRank lowRank) ->
                    weight.addProductInPlace(
                            wide(lowRank.a()).transposed(),
                            wide(lowRank.b()).transposed(),
                            lowRank.scale());
        };
    }

    private static Tensor updated(
            Tensor weight, Linear.Layout layout, LowRank lowRank, Optional<Parameter> magnitude) {
        boolean outIn = layout == Linear.Layout.OUT_IN;
        Optional<Tensor> ratio =
                magnitude.map(m -> {
                    Parameter base = new Parameter("weight", weight);
                    return wide(m).over(Magnitude.rowNorms(base, layout, lowRank));
                });
        Tensor rows = outIn ? weight : weight.transposed();
        rows.addProductInPlace(wide(lowRank.b()), wide(lowRank.a()), lowRank.scale());
        ratio.ifPresent(r -> rows.multiplyInPlace(r.unsqueeze(1)));
        return weight;
    }

    private static Tensor own(Parameter value) {
        // Factors may be added to it in place.
        return wide(value).copy();
    }

    private static Tensor wide(Parameter parameter) {
        return parameter.data().to(Device.CPU).to(Dtype.FLOAT32);
    }

    private static Dtype torchType(SafetensorsDtype dtype) {
        return switch (dtype) {
            case F64 -> Dtype.FLOAT64;
            case F32 -> Dtype.FLOAT32;
            case F16 -> Dtype.FLOAT16;
            case BF16 -> Dtype.BFLOAT16;
            case F8_E4M3 -> Dtype.FLOAT8_E4M3;
            case F8_E5M2 -> Dtype.FLOAT8_E5M2;
            default -> throw new IllegalArgumentException("weights of type " + dtype);
        };
    }
}
