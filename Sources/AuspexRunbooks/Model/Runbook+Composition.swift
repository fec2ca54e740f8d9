package import AuspexSignals

/// Steps that are made of other steps.
extension Runbook {
    /// Steps with the CEL condition under which they are done.
    package struct Arm: Sendable {
        /// The condition.
        package var condition: String
        /// The steps.
        package var steps: [Step]
    }

    /// Lists of steps that are done at the same time.
    package struct ParallelTemplate: Sendable {
        /// Where the lists come from.
        package enum Source: Sendable {
            /// Each is written out.
            case branches([[Step]])
            /// The same steps for each element of the list parameter `parameter`, which is called `name` in them.
            case each(parameter: String, name: String, allowsNone: Bool, [Step])
        }

        /// Where the lists come from.
        package var source: Source
        /// Most under way at once.
        package var maxConcurrency: Int
        /// With so many failed ones no further one begins.
        package var maxErrors: Int
        /// Whether one goes first and then batches of 2, 4… follow.
        package var isCanary: Bool
    }

    /// Another runbook with values for its parameters.
    package struct Call: Sendable {
        /// The runbook's id.
        package var id: String
        /// Where the id stands.
        package var location: SourceLocation
        /// The values in the order of the file; their texts are templates.
        package var arguments: [Argument]

        /// A value for one parameter.
        package struct Argument: Sendable {
            /// The parameter of the other runbook.
            package var name: String
            /// The value; its texts are templates.
            package var value: JSONValue
            /// Where it stands.
            package var location: SourceLocation
        }
    }
}

extension Runbook.Step {
    /// The lists of steps inside it, those that take it back aside.
    package var inner: [[Runbook.Step]] {
        switch action {
        case .operation, .wait, .verify, .pause, .approval, .runbook: []
        case .branch(let arms, let otherwise): arms.map(\.steps) + [otherwise]
        case .group(let steps): [steps]
        case .parallel(let parallel):
            switch parallel.source {
            case .branches(let lists): lists
            case .each(_, _, _, let steps): [steps]
            }
        }
    }

    /// It and all steps inside it, those that take something back included.
    package var flattened: [Runbook.Step] { [self] + (inner.joined() + undo).flatMap(\.flattened) }
}
