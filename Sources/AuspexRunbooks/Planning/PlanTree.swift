import AuspexSignals

/// The steps of a plan by their paths, with what each is part of.
///
/// A path is the section, then the ids of the steps on the way: `steps/roll/2/restart`. Lanes and the arms of a branch
/// are numbered from 1, and the steps for "else" stand below `else`. What takes a step back is a section of its own,
/// below the step's path: `undo/steps/drain/enable`. A probe's path is its step's, and then `probe`: only acts have
/// probes, and no act has steps inside it, so nothing else is ever found there.
struct PlanTree: Hashable, Sendable {
    /// The path of the verification at the end.
    static let verification = "verify"
    /// The sections by the names that their paths begin with.
    static let (before, again) = ("preconditions", "preconditions_again")
    static let (main, onFailure, onCancel, always, undo) = ("steps", "on_failure", "on_cancel", "always", "undo")
    private static let probeSuffix = "/probe"

    /// A step together with where it stands.
    struct Place: Hashable, Sendable {
        var path: String
        var step: Plan.Step
    }

    /// A place with what is around it.
    struct Node: Hashable, Sendable {
        var place: Place
        /// The path of the step that it is part of; nil at the top of a section.
        var parent: String?
        /// The path of the lane that it is in; empty outside of lanes.
        var lane: String
        /// The paths of the steps beside it, itself included, in order.
        var siblings: [String]

        var path: String { place.path }
        var step: Plan.Step { place.step }
        /// The paths of the steps before it in its list.
        var earlier: ArraySlice<String> { siblings.prefix { $0 != path } }
    }

    private var nodes: [String: Node] = [:]
    /// The places at the top of each section.
    private(set) var sections: [String: [Place]] = [:]

    init(_ plan: Plan) {
        add(plan.preconditions, Self.before)
        add(plan.preconditions, Self.again)
        add(plan.steps, Self.main)
        add(plan.onFailure, Self.onFailure)
        add(plan.onCancel, Self.onCancel)
        add(plan.always, Self.always)
        let end = Plan.Step(id: Self.verification, action: .verify(plan.verification), effect: .read)
        nodes[Self.verification] = Node(
            place: Place(path: Self.verification, step: end), parent: nil, lane: "", siblings: [Self.verification])
    }

    private mutating func add(_ steps: [Plan.Step], _ section: String) {
        let places = Self.places(steps, below: section)
        sections[section] = places
        add(places, parent: nil, lane: "")
    }

    private mutating func add(_ places: [Place], parent: String?, lane: String) {
        let siblings = places.map(\.path)
        for place in places {
            nodes[place.path] = Node(place: place, parent: parent, lane: lane, siblings: siblings)
            let undo = Self.places(place.step.undo, below: "\(Self.undo)/\(place.path)")
            if !undo.isEmpty { add(undo, parent: nil, lane: "") }
            for (inner, isLane) in Self.lists(in: place) {
                if isLane {
                    for place in inner {
                        nodes[place.path] = Node(
                            place: place, parent: Self.parent(of: place.path), lane: place.path,
                            siblings: inner.map(\.path))
                        add(Self.steps(in: place, choice: nil), parent: place.path, lane: place.path)
                    }
                } else {
                    add(inner, parent: place.path, lane: lane)
                }
            }
        }
    }

    private static func parent(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    private static func places(_ steps: [Plan.Step], below path: String) -> [Place] {
        steps.map { Place(path: "\(path)/\($0.id)", step: $0) }
    }

    /// The lists of steps inside a step, and whether their elements are lanes.
    private static func lists(in place: Place) -> [(steps: [Place], areLanes: Bool)] {
        switch place.step.action {
        case .operation, .wait, .verify, .pause, .approval: []
        case .group: [(steps(in: place, choice: nil), false)]
        case .parallel: [(steps(in: place, choice: nil), true)]
        case .branch(let branch):
            (branch.arms.indices.map { "\($0 + 1)" } + [Branching.otherwise]).map {
                (steps(in: place, choice: $0), false)
            }
        }
    }

    /// The steps inside a step that are to be done, in order.
    ///
    /// - Parameter choice: Of a branch, which arm was taken.
    static func steps(in place: Place, choice: String?) -> [Place] {
        switch place.step.action {
        case .operation, .wait, .verify, .pause, .approval: return []
        case .group(let group): return places(group.steps, below: place.path)
        case .parallel(let parallel): return places(parallel.steps, below: place.path)
        case .branch(let branch):
            guard let choice else { return [] }
            let arm = Int(choice).map { $0 - 1 }
            let steps = arm.map { branch.arms.indices.contains($0) ? branch.arms[$0].steps : [] } ?? branch.otherwise
            return places(steps, below: "\(place.path)/\(choice)")
        }
    }

    // MARK: - Looking up

    /// What stands at `path`, or the step whose probe it is.
    subscript(path: String) -> Node? { nodes[path] ?? nodes[stepPath(path)] }

    /// Whether `path` is that of a probe.
    func isProbe(_ path: String) -> Bool { nodes[path] == nil && owner(ofProbe: path) != nil }

    /// The path of the step, also for that of its probe.
    func stepPath(_ path: String) -> String { nodes[path] == nil ? owner(ofProbe: path) ?? path : path }

    static func probePath(_ path: String) -> String { path + probeSuffix }

    private func owner(ofProbe path: String) -> String? {
        guard path.hasSuffix(Self.probeSuffix) else { return nil }
        let owner = String(path.dropLast(Self.probeSuffix.count))
        return nodes[owner]?.step.probe == nil ? nil : owner
    }

    /// The section that a path is in; `verify` for the verification at the end.
    static func section(_ path: String) -> String { String(path.prefix { $0 != "/" }) }

    /// What takes the step at `path` back.
    func undoing(_ path: String) -> [Place] {
        guard let step = nodes[path]?.step else { return [] }
        return Self.places(step.undo, below: "\(Self.undo)/\(path)")
    }

    /// The node at `path` and those that it is part of, innermost first.
    func ancestry(of path: String) -> [Node] {
        var found: [Node] = []
        var next = self[path]
        while let node = next {
            found.append(node)
            next = node.parent.flatMap { nodes[$0] }
        }
        return found
    }
}

/// The arms of a branch.
enum Branching {
    /// What stands in a path for the steps that are done when no condition holds.
    static let otherwise = "else"
    /// What is noted when no condition holds and there is nothing to do then.
    static let nothing = "none"
}

/// Which paths of a plan are those of probes.
package struct PlanProbes: Sendable {
    private let tree: PlanTree

    /// The probes of `plan`.
    package init(_ plan: Plan) {
        tree = PlanTree(plan)
    }

    /// Whether `path` is that of a probe.
    package func contains(_ path: String) -> Bool { tree.isProbe(path) }
}
