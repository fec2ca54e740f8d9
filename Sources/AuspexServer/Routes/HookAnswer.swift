import AuspexChanges

/// What a webhook is answered.
struct HookAnswer: Encodable {
    /// What became of the delivery.
    enum Result: String, Encodable {
        /// It is stored and will be worked in.
        case accepted
        /// It has been accepted before.
        case duplicate
        /// It is well-formed and of no use here.
        case ignored
        /// The webhook works.
        case pong
    }

    /// A question and where its answer will be; its id may have slashes.
    struct Question: Encodable {
        let id: String
        let path: String

        init(_ id: String) {
            self.id = id
            path = "/api/v1/gate/\(AnswerSettings.pathPart(id))"
        }
    }

    var result: Result
    /// Why, where that is not obvious.
    var detail: String?
    /// The changes that the delivery was taken for.
    var changes: [String] = []
    /// The questions that it asks.
    var questions: [Question] = []
}
