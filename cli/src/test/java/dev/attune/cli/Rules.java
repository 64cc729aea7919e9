package dev.attune.cli;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchConditions;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The house rules that ArchUnit has no words for.
final class Rules {
    private static final Set<String> EMPTY_WORDS =
            Set.of(
                    "Manager",
                    "Helper",
                    "Helpers",
                    "Util",
                    "Utils",
                    "Common",
                    "Impl",
                    "Abstract",
                    "Info");

    private static final Set<String> PROCESS =
            Set.of(
                    "in", "out", "err", "exit", "halt", "getenv", "setIn", "setOut", "setErr",
                    "console");

    private Rules() {}

    /// Reads or writes the standard streams or the environment, or ends the process.
    static ArchCondition<JavaClass> touchTheProcess() {
        return ArchConditions.accessTargetWhere(
                DescribedPredicate.describe(
                        "is a standard stream, the environment or the exit of the process",
                        (JavaAccess<?> access) -> isProcess(access.getTarget())));
    }

    private static boolean isProcess(AccessTarget target) {
        JavaClass owner = target.getOwner();
        return (owner.isEquivalentTo(System.class) || owner.isEquivalentTo(Runtime.class))
                && PROCESS.contains(target.getName());
    }

    /// Holds none of the words that say nothing, as a word of the name: `Infos` and `Simplex` pass.
    static ArchCondition<JavaClass> haveATellingName() {
        return condition(
                "have a telling name",
                type ->
                        type.getSimpleName().equals("package-info")
                                || words(type.getSimpleName()).noneMatch(EMPTY_WORDS::contains),
                JavaClass::getDescription);
    }

    private static Stream<String> words(String name) {
        return Arrays.stream(name.split("(?=\\p{Upper})"));
    }

    /// Is not called `get` or `getX`, unless a type outside Attune declares it so.
    static ArchCondition<JavaMethod> notStartWithGet() {
        return condition(
                "not start with get",
                method -> !method.getName().matches("get(\\p{Upper}.*)?") || named(method),
                JavaMethod::getDescription);
    }

    private static boolean named(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return Stream.concat(
                        owner.getAllRawSuperclasses().stream(),
                        owner.getAllRawInterfaces().stream())
                .filter(type -> !type.getPackageName().startsWith("dev.attune"))
                .flatMap(type -> type.getMethods().stream())
                .anyMatch(other -> other.getName().equals(method.getName()));
    }

    private static <T> ArchCondition<T> condition(
            String text, Predicate<T> holds, Function<T, String> description) {
        return new ArchCondition<>(text) {
            @Override
            public void check(T item, ConditionEvents events) {
                events.add(
                        new SimpleConditionEvent(item, holds.test(item), description.apply(item)));
            }
        };
    }
}
