import ArgumentParser
import AuspexChanges
import AuspexSignals

extension RiskCommand {
    /// Reads a table of labelled changes.
    static func table(_ path: String) throws -> RiskTable {
        try Failure.ofInput { try RiskTable(csv: try text(of: path), file: path) }
    }

    /// Reads a model.
    static func model(_ path: String) throws -> RiskModel {
        do {
            return try RiskModel(json: try text(of: path))
        } catch let error as RiskModelError {
            throw Failure(.input, "\(path): \(error)")
        } catch {
            throw Failure(.input, "\(error)")
        }
    }

    /// Says which measures a table lacks.
    static func note(_ missing: [ChangeFeature], of path: String) {
        guard !missing.isEmpty else { return }
        Terminal.note("\(path) has no \(missing.map(\.rawValue).joined(separator: ", ")): taken as 0")
    }

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learn from past changes how likely one is to do harm.",
            discussion: """
                A table is CSV, also compressed with gzip: a time, whether the change did harm (harmful, bug, buggy), \
                and measures under the names of `risk features` or those of public data sets. Several tables make the \
                model of an organisation, for services that have none of their own.
                """)

        @Argument(help: "Tables of labelled changes, one a service.")
        var files: [String]

        @Option(help: "What to call the service, or the organisation; by default the tables' paths.")
        var service: String?

        @Option(name: .shortAndLong, help: "Where the model goes; by default to standard output.")
        var output: String?

        func run() throws {
            let file = try output.map { try OutputFile($0, option: "--output", UnfinishedFiles()) }
            let tables = try files.map { path in
                let table = try RiskCommand.table(path)
                RiskCommand.note(table.missing, of: path)
                return table.changes
            }
            let model = try Failure.ofInput {
                try RiskTrainer.train(tables, service: service ?? files.joined(separator: ", "))
            }
            let text = try JSONText.pretty(model)
            if let file {
                try file.write(text)
            } else {
                Terminal.write(text)
            }
            let training = model.training
            Terminal.note("\(model.name): \(training.harmful) of \(training.changes) changes did harm")
        }
    }

    struct Learn: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a model's probabilities right by the outcomes of newer changes.",
            discussion: """
                Quick, and to be done as outcomes become known; what it knows of measures stays as it was trained. \
                Changes that are not newer than those it has seen are passed over.
                """)

        @Argument(help: "The model.")
        var model: String

        @Argument(help: "A table of newer changes with their outcomes, as for train.")
        var file: String

        @Option(name: .shortAndLong, help: "Where the model goes; it may be the same file.")
        var output: String

        func run() throws {
            let target = try OutputFile(output, option: "--output", UnfinishedFiles())
            var model = try RiskCommand.model(model)
            let changes = try RiskCommand.table(file).changes
            let count = model.learn(changes)
            try target.write(try JSONText.pretty(model))
            Terminal.note("\(count) outcomes learned, \(changes.count - count) were not newer")
        }
    }

    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learn from the older changes of a table and see how well the newer ones are foretold.",
            discussion: """
                The base rate is followed by outcomes of newer changes once they are older than --label-delay, as in a \
                running engine; metrics without any outcome of a newer change stand beside that.
                """)

        @Argument(help: "A table of labelled changes, as for train.")
        var file: String

        @Option(help: "The share of older changes to learn from.")
        var split = 0.7

        @Option(help: "After how long an outcome counts as known, such as 90d, or never.")
        var labelDelay = "90d"

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        private var delay: TimeSpan? { labelDelay == "never" ? nil : TimeSpan(labelDelay) }

        func validate() throws {
            guard split > 0, split < 1 else { throw ValidationError("--split \(split) is not between 0 and 1") }
            guard labelDelay == "never" || delay != nil else {
                throw ValidationError("--label-delay '\(labelDelay)' is no length of time such as 90d, nor never")
            }
        }

        func run() throws {
            let table = try RiskCommand.table(file)
            RiskCommand.note(table.missing, of: file)
            let result = try Failure.ofInput {
                try RiskEvaluation(of: table, dataset: file, split: split, labelDelay: delay)
            }
            Terminal.print(format == .json ? try json(result) : result.table)
        }
    }

    struct Drift: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how far newer changes have moved away from what a model was trained on.")

        @Argument(help: "The model.")
        var model: String

        @Argument(help: "A table of the newer changes with their outcomes, as for train.")
        var file: String

        func run() throws {
            let model = try RiskCommand.model(model)
            guard let drift = RiskDrift(of: try RiskCommand.table(file).changes, from: model) else {
                throw Failure(.input, "\(file): there is no change in it")
            }
            Terminal.print(try json(drift))
            if !drift.moved.isEmpty {
                Terminal.note("moved since the training: \(drift.moved.joined(separator: ", ")); train again")
            }
        }
    }
}
