/// The macros of the language: forms that look like calls but introduce a variable or look at an argument unevaluated.
enum CELMacro {
    /// Macros that are written after a dot.
    static let memberNames = [
        "all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap",
        "transformMapEntry", "optMap", "optFlatMap", "bind",
    ]
}

extension CELCompiler {
    /// The expansion, if the call is a macro: by its name, its number of arguments and whether it stands after a dot.
    mutating func macro(
        _ target: CELExpression?, _ name: String, _ arguments: [CELExpression], at position: TextPosition
    ) throws(CELError) -> Part? {
        guard let target else {
            return name == "has" && arguments.count == 1 ? try has(arguments[0], at: position) : nil
        }
        switch (name, arguments.count) {
        case ("all", 2), ("all", 3): return try condition(.all, target, arguments, at: position)
        case ("exists", 2), ("exists", 3): return try condition(.exists, target, arguments, at: position)
        case ("exists_one", 2), ("existsOne", 2), ("exists_one", 3), ("existsOne", 3):
            return try condition(.existsOne, target, arguments, at: position)
        case ("filter", 2):
            return try comprehension(.list, target, [arguments[0]], filter: arguments[1], nil, at: position)
        case ("map", 2):
            return try comprehension(.list, target, [arguments[0]], filter: nil, arguments[1], at: position)
        case ("map", 3):
            return try comprehension(.list, target, [arguments[0]], filter: arguments[1], arguments[2], at: position)
        case ("transformList", 3), ("transformList", 4): return try transform(.list, target, arguments, at: position)
        case ("transformMap", 3), ("transformMap", 4): return try transform(.map, target, arguments, at: position)
        case ("transformMapEntry", 3), ("transformMapEntry", 4):
            return try transform(.entries, target, arguments, at: position)
        case ("optMap", 2): return try optionalMap(target, arguments, isFlat: false, at: position)
        case ("optFlatMap", 2): return try optionalMap(target, arguments, isFlat: true, at: position)
        case ("bind", 3) where isLanguageItself(target): return try bind(arguments, at: position)
        default: return isLanguageItself(target) ? try blockForm(name, arguments, at: position) : nil
        }
    }

    /// Whether an expression is the name `cel`, which stands before forms that belong to no value.
    func isLanguageItself(_ expression: CELExpression) -> Bool {
        expression.qualifiedName == "cel" && !beginsWithLocal(expression)
    }

    private mutating func has(_ argument: CELExpression, at position: TextPosition) throws(CELError) -> Part {
        guard case .select(let operand, let field, _) = argument.syntax else {
            throw CELError(.syntax, "has() needs a field: has(a.b)", at: argument.position)
        }
        let part = try part(operand)
        switch part.shape {
        case .object(let fields) where fields[field] == nil:
            return try unknownField(field, fields, at: argument.position)
        case .any, .object, .map, .type(.map), .type(.optional): break
        case .list, .type: return try noFields(part.shape, field, at: argument.position)
        }
        return try emit(.has(operand: part.node, field: builder.name(field)), .bool, nesting: 0, at: position)
    }

    private mutating func condition(
        _ kind: CELCode.Comprehension.Kind, _ target: CELExpression, _ arguments: [CELExpression],
        at position: TextPosition
    ) throws(CELError) -> Part {
        let variables = Array(arguments.dropLast())
        return try comprehension(kind, target, variables, filter: arguments[variables.count], nil, at: position)
    }

    private mutating func transform(
        _ kind: CELCode.Comprehension.Kind, _ target: CELExpression, _ arguments: [CELExpression],
        at position: TextPosition
    ) throws(CELError) -> Part {
        try comprehension(
            kind, target, Array(arguments.prefix(2)), filter: arguments.count == 4 ? arguments[2] : nil,
            arguments[arguments.count - 1], at: position)
    }

    private func variableName(_ expression: CELExpression) throws(CELError) -> String {
        if let name = try generatedName(expression) { return name }
        guard case .identifier(let name, isAbsolute: false) = expression.syntax else {
            throw CELError(
                .syntax, "the first arguments of a macro are the plain names of its variables", at: expression.position)
        }
        return name
    }

    private mutating func comprehension(
        _ kind: CELCode.Comprehension.Kind, _ target: CELExpression, _ variables: [CELExpression],
        filter: CELExpression?, _ result: CELExpression?, at position: TextPosition
    ) throws(CELError) -> Part {
        let range = try part(target)
        if let type = range.shape.type, type != .list, type != .map {
            return try mistake(
                .typeMismatch, "a macro goes over a list or a map, not \(type.withArticle)", at: position)
        }
        let first = try variableName(variables[0])
        let second = variables.count == 2 ? try variableName(variables[1]) : nil
        if let second, second == first {
            throw CELError(.syntax, "both variables of the macro are called '\(first)'", at: variables[1].position)
        }
        // With two variables the first is the index in a list or the key in a map.
        let firstShape = second == nil ? range.shape.element : range.shape.type == .list ? .int : range.shape.element
        return try withLocal(first, firstShape, nesting: range.nesting) {
            compiler, slot throws(CELError) -> Part in
            guard let second else {
                return try compiler.body(kind, range, slot, -1, filter, result, at: position)
            }
            return try compiler.withLocal(second, range.shape.value, nesting: range.nesting) {
                compiler, secondSlot throws(CELError) -> Part in
                try compiler.body(kind, range, slot, secondSlot, filter, result, at: position)
            }
        }
    }

    private mutating func body(
        _ kind: CELCode.Comprehension.Kind, _ range: Part, _ slot: Int32, _ secondSlot: Int32,
        _ filter: CELExpression?, _ result: CELExpression?, at position: TextPosition
    ) throws(CELError) -> Part {
        let condition = try filter.map { expression throws(CELError) -> Part in try part(expression) }
        if let type = condition?.shape.type, type != .bool, let filter {
            return try mistake(.typeMismatch, "the condition is \(type.withArticle), not a bool", at: filter.position)
        }
        let value = try result.map { expression throws(CELError) -> Part in try part(expression) }
        let shape: CELShape
        switch kind {
        case .all, .exists, .existsOne: shape = .bool
        case .list: shape = .list(of: value?.shape ?? range.shape.element)
        case .map: shape = .type(.map)
        case .entries: shape = .type(.map)
        }
        let comprehension = CELCode.Comprehension(
            kind: kind, range: range.node, slot: slot, secondSlot: secondSlot, condition: condition?.node ?? -1,
            result: value?.node ?? -1)
        return try emit(
            .comprehension(builder.comprehension(comprehension)), shape,
            nesting: max(range.nesting, 1 + (value?.nesting ?? 0)), at: position)
    }

    private mutating func bind(_ arguments: [CELExpression], at position: TextPosition) throws(CELError) -> Part {
        let name = try variableName(arguments[0])
        let value = try part(arguments[1])
        return try withLocal(name, value.shape, nesting: value.nesting) { compiler, slot throws(CELError) -> Part in
            let body = try compiler.part(arguments[2])
            return try compiler.emit(
                .bind(slot: slot, value: value.node, body: body.node), body.shape, nesting: body.nesting, at: position)
        }
    }

    private mutating func optionalMap(
        _ target: CELExpression, _ arguments: [CELExpression], isFlat: Bool, at position: TextPosition
    ) throws(CELError) -> Part {
        let operand = try part(target)
        let name = try variableName(arguments[0])
        return try withLocal(name, .any, nesting: operand.nesting) { compiler, slot throws(CELError) -> Part in
            let body = try compiler.part(arguments[1])
            return try compiler.emit(
                .optionalMap(slot: slot, operand: operand.node, body: body.node, isFlat: isFlat), .type(.optional),
                nesting: body.nesting + 1, at: position)
        }
    }
}
