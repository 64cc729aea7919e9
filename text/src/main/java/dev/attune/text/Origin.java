package dev.attune.text;

/// A value of a message that a template can write: a string, or an object or list written as JSON.
///
/// @param message the index of the message, -1 for a value that belongs to none
/// @param field which part of the message
/// @param path where in the message, such as `content` or `tool_calls[0].function.name`
/// @param chars its length in UTF-16 units; 0 for an object or a list
record Origin(int message, Field field, String path, int chars) {
    /// The parts of a message.
    enum Field {
        /// Who speaks.
        ROLE,
        /// What is said.
        CONTENT,
        /// What was thought before.
        REASONING,
        /// Which tools are called.
        TOOL_CALLS,
        /// Anything else: a name, the id of a call.
        OTHER;

        /// Whether a model is to learn it.
        boolean isTrainable() {
            return this == CONTENT || this == REASONING || this == TOOL_CALLS;
        }

        /// The part that a key of a message holds.
        static Field of(String key) {
            return switch (key) {
                case "role" -> ROLE;
                case "content" -> CONTENT;
                case "reasoning_content", "reasoning", "thinking" -> REASONING;
                case "tool_calls", "function_call" -> TOOL_CALLS;
                default -> OTHER;
            };
        }
    }
}
