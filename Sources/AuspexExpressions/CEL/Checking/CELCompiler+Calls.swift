import AuspexPatterns
import AuspexSignals

extension CELCompiler {
    mutating func call(
        _ target: CELExpression?, _ name: String, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part {
        if let macro = try macro(target, name, arguments, at: position) { return macro }
        guard let target else {
            return try global(environment.candidates(for: name), shownAs: name, arguments, at: position)
        }
        if let path = target.qualifiedName, !beginsWithLocal(target) {
            let candidates = environment.candidates(for: "\(path).\(name)")
            if candidates.contains(where: { !environment.overloads($0, .global).isEmpty }) {
                return try global(candidates, shownAs: "\(path).\(name)", arguments, at: position)
            }
        }
        return try member(target, name, arguments, at: position)
    }

    // MARK: Finding the function

    private mutating func global(
        _ candidates: [String], shownAs name: String, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part {
        let overloads = candidates.map { environment.overloads($0, .global) }.first { !$0.isEmpty } ?? []
        guard let function = overloads.first(where: { $0.arity.contains(arguments.count) }) else {
            if !overloads.isEmpty { return try wrongArity(name, overloads, arguments.count, counting: 0, at: position) }
            let isMember = !environment.overloads(name, .member).isEmpty
            let hint = isMember ? "; it is called with a dot: value.\(name)(…)" : suggestion(for: name, .global)
            return try mistake(.unknownFunction, "no function '\(name)'\(hint)", at: position)
        }
        if function.name == "matches", let constant = try constantMatch(arguments, at: position) { return constant }
        if let folded = try foldedLiteral(function, arguments, at: position) { return folded }
        return try invoke(function, arguments, at: position)
    }

    private mutating func member(
        _ target: CELExpression, _ name: String, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part {
        let overloads = environment.overloads(name, .member)
        let all = [target] + arguments
        guard let function = overloads.first(where: { $0.arity.contains(all.count) }) else {
            if !overloads.isEmpty { return try wrongArity(name, overloads, arguments.count, counting: 1, at: position) }
            let isGlobal = !environment.overloads(name, .global).isEmpty
            let hint = isGlobal ? "; it is called without a dot: \(name)(…)" : suggestion(for: name, .member)
            return try mistake(.unknownFunction, "no function '\(name)' on a value\(hint)", at: position)
        }
        if name == "matches", let constant = try constantMatch(all, at: position) { return constant }
        if name == "or" || name == "orValue" {
            let left = try part(target)
            let right = try part(arguments[0])
            let node: CELCode.Node =
                name == "or" ? .optionalOr(left.node, right.node) : .optionalOrValue(left.node, right.node)
            return try emit(
                node, name == "or" ? .type(.optional) : .any, nesting: max(left.nesting, right.nesting), at: position)
        }
        return try invoke(function, all, at: position)
    }

    private mutating func wrongArity(
        _ name: String, _ overloads: [CELFunction], _ count: Int, counting skipped: Int, at position: TextPosition
    ) throws(CELError) -> Part {
        let ranges = overloads.map(\.arity).sorted { $0.lowerBound < $1.lowerBound }.map { range in
            let (low, high) = (range.lowerBound - skipped, range.upperBound - skipped)
            return low == high ? "\(low)" : high > 100 ? "\(low) or more" : "\(low) to \(high)"
        }
        return try mistake(
            .unknownFunction, "'\(name)' takes \(ranges.joined(separator: " or ")) arguments, not \(count)",
            at: position)
    }

    private func suggestion(for name: String, _ style: CELFunction.Style) -> String {
        let macros = style == .member ? CELMacro.memberNames : ["has"]
        let known = environment.functionNames(style) + macros
        return nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    }

    // MARK: Calling it

    private mutating func invoke(
        _ function: CELFunction, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part {
        var nodes: [Int32] = []
        var nesting = 0
        for argument in arguments {
            let part = try part(argument)
            nodes.append(part.node)
            nesting = max(nesting, part.nesting)
        }
        let id = builder.function(function)
        let node: CELCode.Node
        switch function.body {
        case .one: node = .call1(id, nodes[0])
        case .two: node = .call2(id, nodes[0], nodes[1])
        case .many, .inContext: node = .call(id, first: builder.add(children: nodes), count: Int32(nodes.count))
        }
        // A function puts at most one list or optional around what it is given.
        return try emit(node, function.result, nesting: nesting + 1, at: position)
    }

    /// `text.matches('…')` with a pattern that is known now: compiled once, and a mistake in it found now.
    private mutating func constantMatch(
        _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part? {
        guard arguments.count == 2, case .literal(.string(let text)) = arguments[1].syntax else { return nil }
        try takePattern(at: position)
        let pattern: LinearPattern
        do {
            pattern = try CELBudget.pattern(text)
        } catch {
            return try mistake(error.kind, error.reason, at: arguments[1].position)
        }
        let operand = try part(arguments[0])
        return try emit(.matches(operand.node, pattern: builder.pattern(pattern)), .bool, nesting: 0, at: position)
    }

    private static let foldedNames: Set<String> = ["duration", "timestamp", "ip", "cidr"]

    /// `duration('…')`, `ip('…')` and their like of a literal: read once, and a mistake in it found now.
    private mutating func foldedLiteral(
        _ function: CELFunction, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part? {
        guard Self.foldedNames.contains(function.name), function.style == .global, arguments.count == 1,
            case .literal(let literal) = arguments[0].syntax, case .one(let body) = function.body
        else { return nil }
        var budget = CELBudget(.standard)
        do {
            return constant(try body(literal, &budget), at: position)
        } catch {
            return try mistake(error.kind, error.reason, at: arguments[0].position)
        }
    }
}
