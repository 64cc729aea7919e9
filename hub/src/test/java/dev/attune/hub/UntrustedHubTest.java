package dev.attune.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server with a certificate that nobody vouches for.
class UntrustedHubTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private Path temp;

    @Test
    void isNotAskedAndSaysWhatToDo() throws Exception {
        var server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
        server.start();
        try {
            var watch = new HubTests.Watch();
            HubSettings usual = HubSettings.of(temp.resolve("cache"));
            var settings =
                    new HubSettings(
                            URI.create("https://127.0.0.1:" + server.getAddress().getPort()),
                            Optional.empty(),
                            usual.cache(),
                            false,
                            usual.links(),
                            usual.waiting());
            assertThat(
                            HubTests.failure(() ->
                                    new Hub(settings)
                                            .pull(
                                                    HubReference.parse("hf:a/b"),
                                                    FileChoice.usual(),
                                                    watch)))
                    .hasMessageContaining("The hub cannot be trusted: https://127.0.0.1")
                    .hasMessageContaining("-Djavax.net.ssl.trustStore=FILE");
            assertThat(watch.notices).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    private SSLContext selfSigned() throws Exception {
        Path store = temp.resolve("store.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        int exit =
                new ProcessBuilder(
                                keytool,
                                "-genkeypair",
                                "-alias",
                                "hub",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=hub",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve("keytool.log").toFile())
                        .start()
                        .waitFor();
        assertThat(exit).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
