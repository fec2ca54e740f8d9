/// One thing that can be in the way of a run.
protocol RunGuard: Sendable {
    /// Its name, for the case that it cannot tell.
    var name: String { get }
    /// When it is asked.
    var stages: Set<GuardStage> { get }

    /// What is in the way; nil for nothing.
    ///
    /// - Throws: ``GuardProblem`` when it cannot tell, which blocks the run.
    func objection(to question: GuardQuestion, within guards: RunGuards) throws(GuardProblem) -> Objection?
}

/// What a guard has against a run.
struct Objection: Hashable, Sendable {
    /// What is in the way.
    let block: RunGuards.Block
    /// Whether it only keeps the run from acting by itself.
    let isCuredByApproval: Bool

    /// An objection for good.
    static func always(_ block: RunGuards.Block) -> Objection { Objection(block: block, isCuredByApproval: false) }

    /// An objection against acting without a person.
    static func byItself(_ block: RunGuards.Block) -> Objection { Objection(block: block, isCuredByApproval: true) }
}

/// Why a guard cannot tell.
package struct GuardProblem: Error, Hashable, Sendable {
    /// What is missing.
    package let why: String
}
