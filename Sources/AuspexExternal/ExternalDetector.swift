public import AuspexDetection

/// A program that scores tables: it reads the rows and writes one score for each, as objects of JSON, one a line.
///
/// Specified as `exec:PROGRAM ARGUMENT…`. The program runs once for each series with our rights and our environment, so
/// that its name must come from whoever may start programs anyway.
public struct ExternalDetector: BatchDetector {
    /// What `exec` says of itself.
    public static let descriptor = DetectorDescriptor(
        name: ProgramCommand.scheme,
        summary: "Whatever a program of yours finds: exec:PROGRAM ARGUMENT… reads rows and writes scores, in NDJSON.",
        kind: .batch, family: "external",
        parameters: [
            .number(
                ProgramCommand.timeoutOption, default: ProgramCommand.defaultTimeout, in: ProgramCommand.timeouts,
                meaning: "seconds that the program may take for a series; stands before it: exec:timeout=9 ./detect.py")
        ],
        cost: "the program's, and about 5 µs a row for the exchange",
        memory: "the program's, and its input as a temporary file of about 50 bytes a row",
        source: "your own", minimumHistory: "the program's")

    private let command: ProgramCommand
    private let programs: RunningPrograms

    /// Always throws: without a command there is no program.
    public init(parameters: ParameterValues) throws(DetectorError) {
        try self.init("", programs: RunningPrograms())
    }

    /// Takes what stands behind `exec:`.
    ///
    /// - Throws: `DetectorError.program` when that is no command. Whether the program is there is seen when it runs.
    init(_ text: String, programs: RunningPrograms) throws(DetectorError) {
        command = try ProgramCommand(text)
        self.programs = programs
    }

    /// Keeps the table: the program learns and scores in one run.
    public func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        if let training, training.lowerBound < 0 || training.upperBound > table.rows || training.isEmpty {
            throw .invalidTraining(lower: training.lowerBound, upper: training.upperBound, rows: table.rows)
        }
        return ExternalModel(command: command, programs: programs, fitted: table, training: training)
    }
}

/// A program with the table that it is to learn from.
private struct ExternalModel: DetectorModel {
    let command: ProgramCommand
    let programs: RunningPrograms
    let fitted: Table
    let training: Range<Int>?

    /// Runs the program. Another table than that of the fit comes behind it.
    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        guard table.columns == fitted.columns else {
            throw .widthMismatch(fitted: fitted.columns, given: table.columns)
        }
        guard table.rows > 0 else {
            return DetectorOutput(scores: [], notes: ["no rows; the program was not run"])
        }
        let tables = table == fitted ? [table] : [fitted, table]
        var complaints = Complaints()
        do throws(ProgramFailure) {
            let answers = try ask(Question(tables: tables, training: training), &complaints)
            let first = answers.scores.count - table.rows
            return DetectorOutput(
                scores: Array(answers.scores[first...]),
                expectations: table.columns == 1 ? Array(answers.expectations[first...]) : nil,
                notes: answers.notes, reach: answers.reach)
        } catch {
            let lines = complaints.lastLines.map { "; its last words:\n\($0)" } ?? ""
            throw .program(command: command.text, reason: "\(error)\(lines)")
        }
    }

    private func ask(
        _ question: Question, _ complaints: inout Complaints
    ) throws(ProgramFailure) -> AnswerReader {
        let input = try InputFile()
        try question.write(to: input)
        var answers = AnswerReader(rows: question.rows)
        try ProgramRun(argv: command.argv, timeout: command.timeout, programs: programs)
            .run(input: input.descriptor, complaints: &complaints) { piece throws(ProgramFailure) in
                try answers.consume(piece)
            }
        try answers.finish()
        return answers
    }
}

extension DetectorRegistry {
    /// Adds `exec:PROGRAM ARGUMENT…`, which runs programs. Only where whoever names the detector may start programs anyway.
    ///
    /// - Parameter programs: keeps in mind what runs, so that it can be ended with the whole.
    /// - Throws: `DetectorError.invalidRegistration` when the name is taken.
    public mutating func registerPrograms(_ programs: RunningPrograms = RunningPrograms()) throws(DetectorError) {
        try register(scheme: ExternalDetector.descriptor) { text throws(DetectorError) in
            try ExternalDetector(text, programs: programs)
        }
    }

    /// Makes `exec:` known as what is refused, where nobody may start programs: over a stream as other detectors that need
    /// the whole table, else with what would be right.
    ///
    /// - Throws: `DetectorError.invalidRegistration` when the name is taken.
    public mutating func refusePrograms() throws(DetectorError) {
        try register(scheme: ExternalDetector.descriptor) { text throws(DetectorError) in
            throw .program(
                command: "\(ProgramCommand.scheme):\(text)",
                reason: "programs are run by score and evaluate, for whoever types the command, and nowhere else")
        }
    }
}
