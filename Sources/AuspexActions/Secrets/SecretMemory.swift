import Synchronization

/// The values of secrets that were given out, so that one that is changed while a run has it stays masked.
///
/// A class because all copies of a vault give out of the same one.
final class SecretMemory: Sendable {
    /// Values of one secret that are remembered, the newest: more than a secret is likely to have while a run has it.
    private static let mostValues = 16

    private let values = Mutex<[String: [String]]>([:])

    /// Remembers a value.
    func note(_ value: String, of name: String) {
        values.withLock { values in
            var known = values[name, default: []].filter { $0 != value }
            known.append(value)
            values[name] = known.suffix(Self.mostValues)
        }
    }

    /// What is remembered of these secrets, oldest first.
    func known(of names: [String]) -> [String: [String]] {
        values.withLock { values in values.filter { names.contains($0.key) } }
    }
}
