package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.stream.Stream;

class IoFaultTest {
    private static final Path FILE = Path.of("models", "m.safetensors");

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void saysWhoMustActOnAFailedWrite(IOException cause, ErrorKind kind, String what) {
        AttuneException fault = IoFault.writing(FILE, cause);

        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.what()).isEqualTo(what);
        assertThat(fault.where()).contains(FILE.toString());
        assertThat(fault.fix()).as("next step").isPresent();
        assertThat(fault).hasCause(cause);
    }

    static Stream<Arguments> saysWhoMustActOnAFailedWrite() {
        String readOnly = "The folder cannot be written to.";
        return Stream.of(
                Arguments.of(
                        new IOException("No space left on device"),
                        ErrorKind.RESOURCES,
                        "The disk is full: No space left on device."),
                Arguments.of(
                        new IOException("There is not enough space on the disk"),
                        ErrorKind.RESOURCES,
                        "The disk is full: There is not enough space on the disk."),
                Arguments.of(
                        new FileSystemException("m", null, "Disk quota exceeded"),
                        ErrorKind.RESOURCES,
                        "The disk is full: Disk quota exceeded."),
                Arguments.of(
                        new IOException("File too large"),
                        ErrorKind.RESOURCES,
                        "The file system cannot hold so large a file."),
                Arguments.of(new AccessDeniedException("m"), ErrorKind.ENVIRONMENT, readOnly),
                Arguments.of(
                        new FileSystemException("m", null, "Read-only file system"),
                        ErrorKind.ENVIRONMENT,
                        readOnly),
                Arguments.of(
                        new IOException(),
                        ErrorKind.ENVIRONMENT,
                        "The file cannot be written: IOException."));
    }

    @Test
    void saysWhoMustActOnAFailedRead() {
        AttuneException denied = IoFault.reading(FILE, new AccessDeniedException("m"));
        AttuneException broken = IoFault.reading(FILE, new IOException("Input/output error"));

        assertThat(denied.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(denied.what()).isEqualTo("There is no right to read the file.");
        assertThat(broken.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(broken.what()).isEqualTo("The file cannot be read: Input/output error.");
    }
}
