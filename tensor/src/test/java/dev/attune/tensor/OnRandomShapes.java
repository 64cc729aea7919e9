package dev.attune.tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Runs a test of `(Dtype, long seed)` in both training types, with seeds to draw shapes from.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}, seed {1}")
@MethodSource("dev.attune.tensor.Oracle#typesAndSeeds")
@interface OnRandomShapes {}
