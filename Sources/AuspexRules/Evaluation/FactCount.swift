import AuspexSignals

/// How many facts, series or different values a condition with `count` had.
struct FactCount: Hashable, Sendable, Codable {
    /// How many. Of facts that are moments, at most ``mostMoments`` or, if that is more, what the condition needs.
    var number: Int
    /// All of it in words: `7 different labels.user within 10m`.
    var text: String

    /// Moments that are told apart, unless a condition needs more: beyond, a person reads "many".
    static let mostMoments = 1_000

    /// So many as `requirement` counts them.
    init(_ number: Int, _ requirement: CountRequirement) {
        self.number = number
        let isMost = requirement.distinct == nil && requirement.within != nil && number >= requirement.keptMoments
        // Of `errors.labels.user` what comes after the condition's name.
        let field = requirement.distinct.map { $0.text.drop { $0 != "." }.dropFirst() }
        let what = field.map { "different \($0)" } ?? (requirement.within == nil ? "series" : "facts")
        text = "\(isMost ? "at least " : "")\(number) \(what)" + (requirement.within.map { " within \($0)" } ?? "")
    }
}

extension CountRequirement {
    /// Moments that are remembered.
    var keptMoments: Int { max(atLeast, FactCount.mostMoments) }
}
