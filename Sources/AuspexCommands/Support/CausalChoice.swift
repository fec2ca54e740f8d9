import ArgumentParser

/// What `--causal` makes of a detector's specification.
enum CausalChoice {
    private static let detector = "auto"
    private static let parameter = "causal"

    /// - Throws: `ValidationError` for a detector that has no causal form by this option.
    static func check(_ specification: String) throws {
        let name = specification.prefix { $0 != ":" }
        guard name == detector else {
            throw ValidationError("--causal is for \(detector), not for \(name); ewma, for one, is causal by itself")
        }
    }

    /// The same detector, strictly causal unless the specification says how.
    static func causal(_ specification: String) -> String {
        guard !specification.contains("\(parameter)=") else { return specification }
        return specification + (specification.contains(":") ? "," : ":") + "\(parameter)=strict"
    }
}
