/// How far a question has come, when whoever asked is told.
enum AnswerStage {
    /// It has been taken in.
    case taken
    /// The gate does not know enough yet.
    case waiting(Verdict, number: Int)
    /// The gate has decided.
    case settled(Verdict)

    /// A name for it that is different from those of the others, for the ids of replies.
    var name: String {
        switch self {
        case .taken: "taken"
        case .waiting(_, let number): "waiting-\(number)"
        case .settled: "settled"
        }
    }

    /// Whether something will follow.
    var isProgress: Bool { if case .settled = self { false } else { true } }
}
