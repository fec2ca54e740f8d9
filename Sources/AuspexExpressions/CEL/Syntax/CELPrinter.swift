extension CELExpression: CustomStringConvertible {
    /// The expression as text that parses to an equal expression, with no more brackets than needed.
    package var description: String {
        var printer = CELPrinter()
        printer.print(self, above: .lowest)
        return printer.text
    }
}

/// Writes expressions as text.
private struct CELPrinter {
    /// How tightly an expression binds.
    enum Level: Int {
        case lowest
        case or
        case and
        case comparison
        case sum
        case product
        case unary
        case member

        init(_ binary: CELSyntax.Binary) {
            self = binary.precedence == 1 ? .comparison : binary.precedence == 2 ? .sum : .product
        }

        /// The next tighter level.
        var next: Level { Level(rawValue: rawValue + 1) ?? .member }
    }

    var text = ""

    /// Writes `expression`, in brackets unless it binds at least as tightly as `minimum`.
    mutating func print(_ expression: CELExpression, above minimum: Level) {
        let needsBrackets = level(of: expression).rawValue < minimum.rawValue
        if needsBrackets { text += "(" }
        write(expression.syntax)
        if needsBrackets { text += ")" }
    }

    private func level(of expression: CELExpression) -> Level {
        switch expression.syntax {
        case .conditional: .lowest
        case .or: .or
        case .and: .and
        case .binary(let name, _, _): Level(name)
        case .unary: .unary
        default: .member
        }
    }

    private mutating func write(_ syntax: CELSyntax) {
        switch syntax {
        case .literal(let value): text += Self.literal(value)
        case .identifier(let name, let isAbsolute): text += (isAbsolute ? "." : "") + name
        case .select(let operand, let field, let isOptional):
            print(operand, above: .member)
            text += (isOptional ? ".?" : ".") + Self.field(field)
        case .index(let operand, let key, let isOptional):
            print(operand, above: .member)
            text += isOptional ? "[?" : "["
            print(key, above: .lowest)
            text += "]"
        case .call(let target, let name, let arguments):
            if let target {
                print(target, above: .member)
                text += "."
            }
            text += name + "("
            separated(arguments) { $0.print($1, above: .lowest) }
            text += ")"
        case .list(let elements):
            text += "["
            separated(elements) { printer, element in
                printer.text += element.isOptional ? "?" : ""
                printer.print(element.value, above: .lowest)
            }
            text += "]"
        case .map(let entries):
            text += "{"
            separated(entries) { printer, entry in
                printer.text += entry.isOptional ? "?" : ""
                printer.print(entry.key, above: .lowest)
                printer.text += ": "
                printer.print(entry.value, above: .lowest)
            }
            text += "}"
        case .message(let type, let fields):
            text += type + "{"
            separated(fields) { printer, field in
                printer.text += (field.isOptional ? "?" : "") + Self.field(field.name) + ": "
                printer.print(field.value, above: .lowest)
            }
            text += "}"
        case .unary(let name, let operand): unary(name, operand)
        case .binary(let name, let left, let right):
            print(left, above: Level(name))
            text += " \(name.rawValue) "
            print(right, above: Level(name).next)
        case .and(let terms): separated(terms, by: " && ") { $0.print($1, above: .comparison) }
        case .or(let terms): separated(terms, by: " || ") { $0.print($1, above: .and) }
        case .conditional(let condition, let yes, let no):
            print(condition, above: .or)
            text += " ? "
            print(yes, above: .or)
            text += " : "
            print(no, above: .lowest)
        }
    }

    private mutating func unary(_ name: CELSyntax.Unary, _ operand: CELExpression) {
        text += name.rawValue
        // A minus before a number would become part of it. One operator after another of the other kind is no grammar.
        let isNumber =
            if case .literal(let value) = operand.syntax { value.isNumber } else { operand.startsWithNumber }
        let isOtherUnary = if case .unary(let inner, _) = operand.syntax { inner != name } else { false }
        if (name == .minus && isNumber) || isOtherUnary {
            text += "("
            print(operand, above: .lowest)
            text += ")"
        } else {
            print(operand, above: .unary)
        }
    }

    private mutating func separated<Part>(
        _ parts: [Part], by separator: String = ", ", _ body: (inout CELPrinter, Part) -> Void
    ) {
        for (index, part) in parts.enumerated() {
            if index > 0 { text += separator }
            body(&self, part)
        }
    }

    private static func field(_ name: String) -> String {
        let isPlain =
            !["in", "true", "false", "null"].contains(name) && name.utf8.allSatisfy { $0.isLetter || $0.isDigit }
            && !(name.utf8.first?.isDigit ?? true)
        return isPlain ? name : "`\(name)`"
    }

    private static func literal(_ value: CELValue) -> String {
        switch value {
        case .int(let number): String(number)
        case .uint(let number): "\(number)u"
        case .double(let number): "\(number)"
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text): CELText.quoted(text)
        case .bytes(let bytes): "b\"" + bytes.map { "\\x" + CELText.hexadecimal($0) }.joined() + "\""
        default: "null"
        }
    }
}

extension CELExpression {
    /// Whether the text begins with a number without a minus.
    fileprivate var startsWithNumber: Bool {
        switch syntax {
        case .literal(.int(let number)): number >= 0
        case .literal(let value): value.isNumber
        case .select(let operand, _, _), .index(let operand, _, _): operand.startsWithNumber
        case .call(let target?, _, _): target.startsWithNumber
        default: false
        }
    }
}
