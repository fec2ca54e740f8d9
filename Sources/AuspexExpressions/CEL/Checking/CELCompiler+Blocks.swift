// The forms that optimisers write when they pull out common parts: `cel.block([a, b], c)` with `cel.index(0)` for a, and
// `cel.iterVar(0, 0)` for a macro's variable without a name of its own. Nobody has to write them, so no suggestion names them.

extension CELCompiler {
    /// The expansion, if a call on `cel` is one of these forms.
    mutating func blockForm(
        _ name: String, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part? {
        switch (name, arguments.count) {
        case ("block", 2): return try block(arguments, at: position)
        case ("index", 1):
            let number = try number(arguments[0])
            guard let parts = blockParts, parts.indices.contains(number) else {
                return try mistake(.unknownName, "no part \(number) before this one in a cel.block()", at: position)
            }
            let part = parts[number]
            return try emit(.blockPart(slot: part.slot), part.shape, nesting: part.nesting, at: position)
        case ("iterVar", 2), ("accuVar", 2):
            let name = try generatedName(name, arguments)
            guard let local = local(name) else {
                return try mistake(.unknownName, "no macro around this one has the variable \(name)", at: position)
            }
            return try emit(.local(local.slot), local.shape, nesting: local.nesting, at: position)
        default: return nil
        }
    }

    /// The name of a macro's variable that was written `cel.iterVar(0, 1)`; nil for all else. No text can name it otherwise.
    func generatedName(_ expression: CELExpression) throws(CELError) -> String? {
        guard case .call(let target?, let name, let arguments) = expression.syntax, arguments.count == 2,
            name == "iterVar" || name == "accuVar", isLanguageItself(target)
        else { return nil }
        return try generatedName(name, arguments)
    }

    private func generatedName(_ name: String, _ arguments: [CELExpression]) throws(CELError) -> String {
        "cel.\(name)(\(try number(arguments[0])), \(try number(arguments[1])))"
    }

    private func number(_ expression: CELExpression) throws(CELError) -> Int {
        guard case .literal(.int(let number)) = expression.syntax, let number = Int(exactly: number), number >= 0 else {
            throw CELError(.syntax, "the parts of cel.block() are numbered from 0", at: expression.position)
        }
        return number
    }

    private mutating func block(_ arguments: [CELExpression], at position: TextPosition) throws(CELError) -> Part {
        guard case .list(let elements) = arguments[0].syntax, !elements.contains(where: \.isOptional) else {
            throw CELError(
                .syntax, "cel.block() needs a list of parts: cel.block([a, b], c)", at: arguments[0].position)
        }
        guard blockParts == nil else {
            throw CELError(.syntax, "a cel.block() can't stand inside another", at: position)
        }
        var nodes: [Int32] = []
        beginBlock()
        for element in elements {
            let part = try part(element.value)
            nodes.append(part.node)
            addBlockPart(part)
        }
        let first = builder.add(children: nodes)
        let body = try part(arguments[1])
        let slot = endBlock()
        return try emit(
            .block(slot: slot, first: first, count: Int32(nodes.count), body: body.node), body.shape,
            nesting: body.nesting, at: position)
    }
}
