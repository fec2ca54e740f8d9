import AuspexEngine

/// What is sent to the gate: the question, and how its answer is to be taken, as members of one object.
struct GateBody: Encodable {
    var query: GateQuery
    var manner: GateManner

    func encode(to encoder: any Encoder) throws {
        try query.encode(to: encoder)
        try manner.encode(to: encoder)
    }
}
