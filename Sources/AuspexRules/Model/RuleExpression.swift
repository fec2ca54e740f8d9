import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// An expression of a rule, compiled and checked. The only file here that knows how the expression language is called.
package struct RuleExpression: Sendable {
    /// The text as the author wrote it.
    package let text: String
    /// What it asks of a series' future.
    let questions: Set<ForecastQuestion>
    /// Whether it reads ``FactSchema/moment`` or calls one of ``ContextFunctions``; it has to be given a context then.
    let needsContext: Bool
    private let program: CELProgram

    /// What one evaluation may use. A condition is asked for every fact, so it gets far less than a whole plan would.
    private static let limits = CELLimits(steps: 20_000, iterations: 2_000, bytes: 4 << 20)

    /// Why an expression has no answer.
    struct Failure: Error {
        /// What went wrong, with line and column in the expression.
        let reason: String
        /// Whether the fact lacks a field or label that the expression reads.
        let isMissingField: Bool
    }

    /// Compiles the text of `node` behind `prefix`; mistakes are reported in their place in the file.
    init?(
        _ node: DocumentNode, prefix: String = "", about sources: Set<FactSource>, variables: [String: CELShape],
        expecting type: CELType? = nil, reporting collector: DiagnosticCollector
    ) {
        guard let written = node.text else {
            collector.report(node.location, "an expression must be text, not \(node.kind)")
            return nil
        }
        let text = prefix + written
        let report = { (reason: String, position: TextPosition?) in
            let place = position.map {
                node.location(ofOffset: max(0, Self.offset(of: $0, in: text) - prefix.unicodeScalars.count))
            }
            collector.report(place ?? node.location, reason)
        }
        do throws(CELError) {
            let environment = CELEnvironment(
                variables: variables, functions: Self.functions(of: sources))
            program = try CELProgram(compiling: text, environment: environment, expecting: type)
        } catch {
            report(error.reason, error.position)
            return nil
        }
        do throws(ForecastFunctions.Mistake) {
            questions = try (try? CELParser.parse(text)).map(ForecastFunctions.questions) ?? []
        } catch {
            report(error.reason, error.position)
            return nil
        }
        self.text = text
        needsContext = program.variables.contains(FactSchema.momentName) || !program.contextFunctions.isEmpty
    }

    /// The functions of expressions about facts of `sources`; without any, about alerts.
    static func functions(of sources: Set<FactSource>) -> [CELFunction] {
        ForecastFunctions.functions(of: sources) + (sources.isEmpty ? ContextFunctions.alerts : ContextFunctions.all)
    }

    /// Whether it asks how many instances of a service are well.
    var asksForFleet: Bool { program.contextFunctions.contains(ContextFunctions.fleetName) }

    /// Whether the condition holds.
    func holds(_ variables: [String: CELValue], in context: RuleContext? = nil) throws(Failure) -> Bool {
        do {
            return try program.holds(
                variables: Self.adding(context, to: variables), context: context, limits: Self.limits)
        } catch {
            throw Failure(error)
        }
    }

    /// The value as JSON.
    func json(_ variables: [String: CELValue], in context: RuleContext? = nil) throws(Failure) -> JSONValue {
        do {
            return JSONValue(
                try program.evaluate(
                    variables: Self.adding(context, to: variables), context: context, limits: Self.limits))
        } catch {
            throw Failure(error)
        }
    }

    /// The variables with the moment.
    private static func adding(_ context: RuleContext?, to variables: [String: CELValue]) -> [String: CELValue] {
        guard let context else { return variables }
        return variables.merging([FactSchema.momentName: CELValue(context.now)]) { known, _ in known }
    }

    /// The value as text, for labels and for telling values apart; nil when it is missing or neither text, number nor bool.
    func text(_ variables: [String: CELValue]) -> String? {
        guard let value = try? program.evaluate(variables: variables, limits: Self.limits) else { return nil }
        return switch JSONValue(value) {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .null, .array, .object: nil
        }
    }

    /// The syntax tree, for the index of metric names. Nil only for what the initializer refuses.
    var syntax: CELExpression? { try? CELParser.parse(text) }

    /// How many Unicode scalars of `text` come before `position`.
    private static func offset(of position: TextPosition, in text: String) -> Int {
        var line = 1
        var column = 1
        var offset = 0
        for scalar in text.unicodeScalars {
            if line == position.line, column >= position.column || scalar == "\n" { break }
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
            offset += 1
        }
        return offset
    }
}

extension RuleExpression.Failure {
    fileprivate init(_ error: CELError) {
        reason = error.description
        isMissingField = error.kind == .noSuchKey
    }
}
