import AuspexPatterns

// Regular expressions cost more than their lengths tell: counted repetitions make a long program of a short pattern, and a
// program whose automaton outgrows its memory is simulated instruction by instruction.

extension CELBudget {
    /// The longest pattern, in bytes. Every class such as `\pL` in it takes 30 KB while it is read.
    private static let longestPattern = 4_096
    /// Bytes that a pattern's program and automata may take.
    private static let patternMemory: Int64 = 2 << 20

    /// Instructions that fit that memory, near enough: the library keeps a quarter for them, at 16 bytes each.
    private static let mostInstructions = Int(patternMemory) / 64
    /// What compiling a pattern costs at least, in bytes, so that a macro can't compile millions.
    private static let leastCost = 1_024
    /// What a byte of a pattern costs: a class such as `\pL` takes as long to read as some thousand bytes of text.
    private static let costOfByte = 512
    /// What compiling an instruction costs, in bytes.
    private static let costOfInstruction = 16
    /// Instructions that are simulated in the time that a byte may take.
    private static let instructionsOfByte = 8

    /// Compiles a pattern that an expression has as a literal, at the cost of nobody's budget.
    ///
    /// - Throws: ``CELError`` of kind `invalidArgument`, without a position.
    static func pattern(_ text: String) throws(CELError) -> LinearPattern {
        guard text.utf8.count <= longestPattern else {
            throw CELError(
                .invalidArgument,
                "the regular expression has \(text.utf8.count) bytes; at most \(longestPattern) are accepted")
        }
        do {
            return try LinearPattern(text, memoryLimit: patternMemory)
        } catch {
            throw CELError(.invalidArgument, error.description)
        }
    }

    /// Compiles a pattern that is only known now.
    mutating func compile(_ text: String) throws(CELError) -> LinearPattern {
        try take(bytes: Self.leastCost)
        try take(bytes: text.utf8.count, times: Self.costOfByte)
        let pattern: LinearPattern
        do {
            pattern = try Self.pattern(text)
        } catch {
            // It may have been refused for its size only after all that fits had been made.
            try take(bytes: Self.mostInstructions, times: Self.costOfInstruction)
            throw error
        }
        try take(bytes: pattern.programSize, times: Self.costOfInstruction)
        return pattern
    }

    /// Whether `pattern` matches anywhere in `text`.
    mutating func match(_ pattern: LinearPattern, in text: String) throws(CELError) -> Bool {
        try take(bytes: text.utf8.count, times: max(1, pattern.programSize / Self.instructionsOfByte))
        return pattern.matches(in: text)
    }
}
