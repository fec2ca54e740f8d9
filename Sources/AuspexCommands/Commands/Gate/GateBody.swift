import AuspexChanges
import AuspexEngine

/// What is sent to the gate: the question, and how its answer is to be taken, as members of one object.
struct GateBody: Encodable {
    /// When in the life of a change it is asked about.
    enum Phase: String, Encodable {
        /// The deployment is over: how does the service do since?
        case after
    }

    var query: GateQuery
    var manner: GateManner
    /// Nil before a deployment.
    var phase: Phase?
    /// The id of the change, if it was reported.
    var change: String?

    private enum CodingKeys: String, CodingKey {
        case phase, change
    }

    func encode(to encoder: any Encoder) throws {
        try query.encode(to: encoder)
        try manner.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(phase, forKey: .phase)
        try container.encodeIfPresent(change, forKey: .change)
    }
}
