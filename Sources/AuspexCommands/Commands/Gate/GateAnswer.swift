import AuspexChanges
import AuspexSignals

/// A verdict as the server has sent it.
struct GateAnswer: Decodable {
    /// The verdict.
    let verdict: Verdict
    /// Whether it stays as it is; one that is not final is worth asking for again.
    let isFinal: Bool
    /// All that was sent, also what this version knows nothing of.
    let json: JSONValue

    private enum CodingKeys: String, CodingKey {
        case final
    }

    init(from decoder: any Decoder) throws {
        verdict = try Verdict(from: decoder)
        json = try JSONValue(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isFinal = try container.decodeIfPresent(Bool.self, forKey: .final) ?? true
    }

    /// Whether asking again may give another verdict soon.
    var isOpen: Bool { !isFinal || verdict.verdict == .inconclusive }
}
