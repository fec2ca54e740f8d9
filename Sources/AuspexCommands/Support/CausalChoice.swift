import ArgumentParser

/// What `--causal` makes of a detector's specification.
enum CausalChoice {
    private static let detector = "auto"
    private static let parameter = "causal"

    /// - Throws: `ValidationError` for a detector that has no causal form by this option, and beside `--online`.
    static func check(_ specification: String, online: Bool) throws {
        guard !online else {
            throw ValidationError("--online is causal already, and --causal another form: give one of them")
        }
        let name = specification.prefix { $0 != ":" }
        guard name == detector else {
            throw ValidationError(
                "--causal is for \(detector), not for \(name); --online takes the streaming form of others")
        }
    }

    /// The same detector, strictly causal unless the specification says how.
    static func causal(_ specification: String) -> String {
        guard !specification.contains("\(parameter)=") else { return specification }
        return specification + (specification.contains(":") ? "," : ":") + "\(parameter)=strict"
    }
}
