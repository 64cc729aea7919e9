package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;

/// Reads the rows of a Parquet file through DuckDB, row group by row group.
///
/// Each row comes as JSON, so that lists and structs arrive as they are elsewhere; it is taken with
/// the care given to any row of JSON. A row's line is its number from 1, since a Parquet file has
/// no lines. Nothing is downloaded: extensions are switched off.
final class ParquetReader implements RowReader {
    private static final int COUNT_COLUMN = 1;

    private final Path file;
    private final BytesRead read;
    private final Connection connection;
    private final ResultSet result;
    private final double bytesPerRow;
    private long rows;

    private ParquetReader(
            Source source, Connection connection, ResultSet result, double bytesPerRow) {
        this.file = source.file();
        this.read = source.read();
        this.connection = connection;
        this.result = result;
        this.bytesPerRow = bytesPerRow;
    }

    /// Opens a file that begins with Parquet's magic.
    ///
    /// @throws AttuneException of kind USER if it is damaged
    static ParquetReader open(Source source) {
        Path file = source.file();
        Properties settings = new Properties();
        settings.setProperty("jdbc_stream_results", "true");
        Connection opened;
        try {
            opened = DriverManager.getConnection("jdbc:duckdb:", settings);
        } catch (SQLException e) {
            throw AttuneException.environment(
                            "DuckDB, which reads Parquet, cannot be started: " + reason(e) + ".")
                    .at(file)
                    .fix("Convert the file to JSON lines elsewhere.")
                    .causedBy(e);
        }
        try {
            try (Statement set = opened.createStatement()) {
                set.execute("SET autoinstall_known_extensions=false");
                set.execute("SET autoload_known_extensions=false");
                set.execute("SET memory_limit='512MB'");
                set.execute("SET threads=1");
            }
            PreparedStatement select =
                    opened.prepareStatement("SELECT to_json(t)::VARCHAR FROM read_parquet(?) AS t");
            select.closeOnCompletion();
            select.setString(1, escaped(file));
            double bytesPerRow = bytesPerRow(opened, file);
            return new ParquetReader(source, opened, select.executeQuery(), bytesPerRow);
        } catch (SQLException e) {
            closed(opened);
            throw damaged(file, e);
        }
    }

    @Override
    public Optional<ReadRow> next() {
        String text;
        try {
            if (!result.next()) {
                return Optional.empty();
            }
            text = result.getString(COUNT_COLUMN);
        } catch (SQLException e) {
            throw damaged(file, e);
        }
        Origin origin = new Origin(file, rows + 1, rows++);
        read.set((long) (bytesPerRow * (double) rows));
        try {
            JsonNode value = RowJson.parse(text);
            if (value instanceof ObjectNode columns) {
                return Optional.of(new ReadRow.Columns(origin, columns));
            }
            throw new RowJson.BadJson("it is no record.", "Leave the row out.");
        } catch (RowJson.BadJson e) {
            AttuneException fault =
                    AttuneException.user("The row cannot be read: " + e.what())
                            .at(origin)
                            .fix(e.fix());
            return Optional.of(new ReadRow.Faulty(origin, fault));
        }
    }

    @Override
    public void close() {
        closed(connection);
    }

    /// What a row takes of the file, for a measure of how much of it is read; the number of rows
    /// stands at the file's end.
    private static double bytesPerRow(Connection connection, Path file) throws SQLException {
        // Not prepared: a statement whose file is not there has no parameter that could be set.
        String path = escaped(file).replace("'", "''");
        try (Statement count = connection.createStatement();
                ResultSet counted =
                        count.executeQuery("SELECT count(*) FROM read_parquet('" + path + "')")) {
            long all = counted.next() ? counted.getLong(COUNT_COLUMN) : 0;
            return (double) file.toFile().length() / (double) Math.max(1, all);
        }
    }

    /// DuckDB takes a path for a pattern, in which a bracket says that the next character is meant.
    private static String escaped(Path file) {
        return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
    }

    private static void closed(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // A connection to nothing but memory: there is nothing that could be lost.
            throw AttuneException.internal("DuckDB does not close: " + reason(e)).causedBy(e);
        }
    }

    private static AttuneException damaged(Path file, SQLException e) {
        return AttuneException.user("The Parquet file cannot be read: " + reason(e))
                .at(file)
                .fix("It may be cut short: copy or download it again.")
                .causedBy(e);
    }

    private static String reason(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return Quoted.plain(message.lines().findFirst().orElse(""), 200);
    }
}
