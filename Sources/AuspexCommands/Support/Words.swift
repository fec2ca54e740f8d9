import AuspexRules
import AuspexRunbooks

extension ResponseMode {
    /// The word for people. A rule may say `propose` or `approve`, and means the same.
    var word: String {
        switch self {
        case .approve, .propose: Self.propose.rawValue
        case .shadow, .auto: rawValue
        }
    }
}

extension RunMode {
    /// The word for people: the one that rules use.
    var word: String {
        switch self {
        case .approve: ResponseMode.propose.word
        case .shadow, .auto, .manual: rawValue
        }
    }
}
