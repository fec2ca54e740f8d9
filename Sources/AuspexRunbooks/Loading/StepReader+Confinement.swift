import AuspexDocuments
import AuspexSignals

extension StepReader {
    /// Least and most bytes of an output that a step may ask to keep. What is kept goes through memory and, in part, into
    /// the journal.
    private static let outputBytes: ClosedRange<Int64> = 1_024...(4 << 20)

    /// Reads `user`, `limits`, `kill_after` and `max_output` of a command; nil when it has none of them.
    func confinement(_ reader: inout MappingReader) -> Confinement? {
        var confinement = Confinement()
        confinement.user = reader.optionalString("user")
        if let user = confinement.user, !Self.isUserName(user) {
            reader.report(
                "user",
                "'user' must be a user's name as in /etc/passwd, not a number and not from a parameter; "
                    + "the engine's configuration lists those allowed in actions.users")
        }
        if var section = reader.optionalMapping("limits") {
            let limits = section.limits()
            if limits != ProcessLimits() { confinement.limits = limits }
        }
        confinement.killAfter = reader.optionalDuration("kill_after", in: .zero ... .minutes(10))
        confinement.maxOutput = reader.optionalBytes("max_output", in: Self.outputBytes)
        return confinement == Confinement() ? nil : confinement
    }

    /// Whether a text is a name as useradd(8) takes it: letters, digits, '_', '-', '.', not beginning with a digit.
    private static func isUserName(_ text: String) -> Bool {
        /// The longest name that Linux tools take.
        let longest = 32
        let isName = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "_-.".utf8.contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isName, text.utf8.count <= longest, let first = text.utf8.first else { return false }
        return first == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
    }
}
