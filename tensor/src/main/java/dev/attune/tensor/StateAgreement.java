package dev.attune.tensor;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;

import java.util.Arrays;
import java.util.Set;

/// Whether saved state is that of this optimizer, with all differences told together.
final class StateAgreement {
    private static final String FIX =
            "Resume with the optimizer and the trained parameters that the run began with.";

    private StateAgreement() {}

    /// @throws AttuneException if a name, shape, type or count is not as expected
    static void require(OptimizerState found, OptimizerState expected) {
        Problems problems = new Problems("Cannot restore the optimizer");
        expected.tensors()
                .forEach((name, tensor) -> {
                    Tensor saved = found.tensors().get(name);
                    if (saved == null) {
                        problems.add(missing(name, found.tensors().keySet()));
                    } else if (!form(saved).equals(form(tensor))) {
                        problems.add(misfit(name, form(saved), form(tensor)));
                    }
                });
        for (String name : found.tensors().keySet()) {
            if (!expected.tensors().containsKey(name)) {
                problems.add(problem(name + " is in the saved state and not in this optimizer."));
            }
        }
        for (String name : expected.steps().keySet()) {
            Long steps = found.steps().get(name);
            if (steps == null) {
                problems.add(problem("the saved state has no step count of " + name + "."));
            } else if (steps < 0) {
                problems.add(misfit(name, "step count " + steps, "0 or more"));
            }
        }
        problems.throwIfAny();
    }

    private static String form(Tensor tensor) {
        return tensor.dtype().torchName() + Arrays.toString(tensor.shape());
    }

    private static AttuneException missing(String name, Set<String> saved) {
        String nearest = Nearest.to(name, saved).map(n -> "; the nearest is " + n).orElse("");
        return problem("the saved state lacks " + name + nearest + ".");
    }

    private static AttuneException misfit(String name, String found, String expected) {
        return problem(name + " is " + found + ", expected " + expected + ".");
    }

    private static AttuneException problem(String what) {
        return AttuneException.user("Cannot restore the optimizer: " + what).fix(FIX);
    }
}
