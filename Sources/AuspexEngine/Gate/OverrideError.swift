/// Why a verdict is not overridden.
package enum OverrideError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The policy of this name doesn't allow it.
    case refused(policy: String)
    /// It is not said properly who does it and why.
    case incomplete(String)
    /// Somebody has done it already.
    case already(by: String)
    /// The verdict is too old to be acted on.
    case expired

    package var description: String {
        switch self {
        case .refused(let policy):
            "policy '\(policy)' lets nobody override a verdict (gate.break_glass: refuse); the attempt is in the audit"
        case .incomplete(let mistake): mistake
        case .already(let person): "\(person) has overridden this verdict already"
        case .expired: "the verdict has expired; ask the gate again and override that verdict"
        }
    }
}
