import AuspexExpressions
import AuspexSignals

/// Takes an expression apart where `&&` and `||` join its terms, and asks each of them.
enum ExpressionTerms {
    /// The terms of `expression` in the order in which they stand, each with its answer.
    static func terms(
        of expression: RuleExpression, _ variables: [String: CELValue], in context: RuleContext
    ) -> [RuleExplanation.Term] {
        guard let syntax = expression.syntax else { return [] }
        let variables = variables.merging([FactSchema.momentName: CELValue(context.now)]) { known, _ in known }
        return leaves(of: syntax).map { leaf in
            RuleExplanation.Term(
                text: leaf.description, outcome: value(of: leaf, variables, context),
                values: operands(of: leaf).map {
                    RuleExplanation.Value(text: $0.description, value: value(of: $0, variables, context))
                })
        }
    }

    private static func leaves(of expression: CELExpression) -> [CELExpression] {
        switch expression.syntax {
        case .and(let terms), .or(let terms): terms.flatMap { leaves(of: $0) }
        default: [expression]
        }
    }

    /// What a term compares, as far as it has to be looked up: every field that it reads.
    private static func operands(of expression: CELExpression) -> [CELExpression] {
        switch expression.syntax {
        case .select(_, _, isOptional: _), .index(_, _, isOptional: _): [expression]
        case .identifier(FactSchema.momentName, isAbsolute: _): [expression]
        case .binary(_, let left, let right): operands(of: left) + operands(of: right)
        case .unary(_, let operand): operands(of: operand)
        case .call(let target, _, let arguments):
            (target.map { operands(of: $0) } ?? []) + arguments.flatMap { operands(of: $0) }
        default: []
        }
    }

    private static func value(
        of expression: CELExpression, _ variables: [String: CELValue], _ context: RuleContext
    ) -> String {
        let environment = CELEnvironment(
            variables: variables.mapValues { _ in .any },
            functions: RuleExpression.functions(of: Set(FactSource.allCases)))
        do throws(CELError) {
            let program = try CELProgram(compiling: expression.description, environment: environment)
            return JSONValue(try program.evaluate(variables: variables, context: context)).canonicalText
        } catch {
            return error.reason
        }
    }
}
