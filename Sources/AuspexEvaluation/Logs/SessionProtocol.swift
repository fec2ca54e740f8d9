/// How sessions are divided into those that are learnt from and those that are judged.
public enum SessionProtocol: String, Hashable, Sendable, Codable, CaseIterable {
    /// The first half of each class is learnt from; loglizer's `uniform`. Not chronological: it is here to compare with
    /// published figures.
    case uniformHalf = "uniform_half"
    /// The first half is learnt from, whatever the labels.
    case firstHalf = "first_half"
    /// The normal sessions of the first half are learnt from, the second half is judged.
    case firstHalfNormal = "first_half_normal"
    /// The normal sessions of the first tenth are learnt from, the rest is judged.
    case firstTenthNormal = "first_tenth_normal"
    /// All sessions are judged one after another and then learnt from, without labels; the second half counts.
    case prequential = "prequential"
    /// The data set says which are learnt from, all of them normal.
    case given = "given"

    /// Sessions to learn from and sessions to judge.
    struct Split: Sendable {
        var training: [LabelledSession]
        var test: [LabelledSession]
        /// Whether training has normal sessions only.
        var isTrusted: Bool
        /// Whether training goes on with every session that was judged.
        var isContinued = false
    }

    /// The division of a set; nil where the set has one of its own, or none and needs one.
    func split(_ content: SessionSet.Content) -> Split? {
        switch (self, content) {
        case (.given, .split(let training, let test)): Split(training: training, test: test, isTrusted: true)
        case (.given, .ordered), (_, .split): nil
        case (.uniformHalf, .ordered(let all)): Self.uniform(all)
        case (.firstHalf, .ordered(let all)):
            Split(training: Self.first(2, all), test: Self.rest(2, all), isTrusted: false)
        case (.firstHalfNormal, .ordered(let all)):
            Split(training: Self.first(2, all).filter { !$0.isAnomalous }, test: Self.rest(2, all), isTrusted: true)
        case (.firstTenthNormal, .ordered(let all)):
            Split(training: Self.first(10, all).filter { !$0.isAnomalous }, test: Self.rest(10, all), isTrusted: true)
        case (.prequential, .ordered(let all)):
            Split(training: Self.first(2, all), test: Self.rest(2, all), isTrusted: false, isContinued: true)
        }
    }

    private static func first(_ part: Int, _ all: [LabelledSession]) -> [LabelledSession] {
        Array(all.prefix(all.count / part))
    }

    private static func rest(_ part: Int, _ all: [LabelledSession]) -> [LabelledSession] {
        Array(all.dropFirst(all.count / part))
    }

    private static func uniform(_ all: [LabelledSession]) -> Split {
        let classes = [all.filter(\.isAnomalous), all.filter { !$0.isAnomalous }]
        return Split(
            training: classes.flatMap { first(2, $0) }, test: classes.flatMap { rest(2, $0) }, isTrusted: false)
    }
}
