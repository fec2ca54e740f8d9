import AuspexDocuments
import AuspexSignals

extension StepReader {
    /// Programs that read their arguments as code. A runbook may not start one: a value that was filled in would be
    /// code.
    private static let shells: Set<String> = [
        "sh", "ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "rbash", "tcsh", "yash", "zsh", "busybox", "env",
        "eval", "nohup", "nice", "setsid", "sudo", "su", "timeout", "xargs",
    ]
    /// Options after which programs expect code.
    private static let codeOptions: Set<String> = ["-c", "-e", "-E", "--command", "--eval", "--exec", "--expression"]
    /// Names of the environment that change which code a program loads, or that the engine sets.
    private static let reservedNames: Set<String> = [
        "PATH", "IFS", "BASH_ENV", "ENV", "PYTHONPATH", "PERL5LIB", "RUBYLIB",
    ]
    /// Header fields that the engine sets.
    private static let reservedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "idempotency-key",
    ]
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

    /// The command in `node`, which may also have the keys `besides`, read by others.
    func command(_ node: DocumentNode, besides: [String] = []) -> CommandTemplate? {
        var reader = MappingReader(
            node, named: besides.isEmpty ? "'run'" : "'restart'", reporting: scope.collector)
        for key in besides { _ = reader.optionalNode(key) }
        reader.refuse(
            ["shell", "command", "script"], because: "does not exist: give 'argv', the program and its arguments")
        let items = reader.list("argv")
        let directory = reader.optionalString("cwd")
        if let directory, !directory.hasPrefix("/") { reader.report("cwd", "'cwd' must be an absolute path") }
        let environment = scope.templates(reader.optionalEntries("env"), mayHoldSecrets: true)
        for name in environment.keys.sorted() where !Self.mayBeSet(name) {
            reader.report(
                "env",
                "the variable '\(name)' may not be set: capitals, digits and '_', and none that changes "
                    + "which code is loaded")
        }
        let input = reader.optionalTextNode("stdin").flatMap {
            scope.boundedTemplate($0.text, at: $0.node, mayHoldSecrets: true)
        }
        let exits = reader.optionalList("expect_exit").map { nodes in
            nodes.compactMap { node -> Int32? in
                if let code = node.int, (0...255).contains(code) { return Int32(code) }
                scope.collector.report(node.location, "an exit code is a number from 0 to 255, not \(node.kind)")
                return nil
            }
        }
        refuseEmpty("expect_exit", reader)
        let confinement = confinement(&reader)
        reader.finish()
        guard let items, let (executable, arguments) = argv(items, of: node) else { return nil }
        return CommandTemplate(
            executable: executable, arguments: arguments, directory: directory, environment: environment, input: input,
            expectedExits: exits ?? [0], confinement: confinement)
    }

    /// The program and its arguments.
    func argv(_ items: [DocumentNode], of node: DocumentNode) -> (executable: String, arguments: [Template])? {
        guard let first = items.first, let executable = first.text else {
            scope.collector.report(node.location, "'argv' must begin with the program, an absolute path or a name")
            return nil
        }
        checkExecutable(executable, at: first)
        var arguments: [Template] = []
        for (previous, item) in zip(items, items.dropFirst()) {
            guard let text = item.text ?? (item.isNull ? nil : item.json.string) else {
                scope.collector.report(item.location, "an argument must be text, not \(item.kind)")
                continue
            }
            guard let template = scope.boundedTemplate(text, at: item) else { continue }
            if !template.parameters.isEmpty, Self.codeOptions.contains(previous.text ?? "") {
                scope.collector.report(
                    item.location, "a parameter after '\(previous.text ?? "")' would be read as code; pass it otherwise"
                )
            }
            arguments.append(template)
        }
        return (executable, arguments)
    }

    /// Reports a list of what is expected that has nothing in it.
    private func refuseEmpty(_ key: String, _ reader: MappingReader) {
        var reader = reader
        guard reader.optionalNode(key)?.elements?.isEmpty ?? false else { return }
        reader.report(key, "'\(key)' is empty; say what counts as a success, or leave it out")
    }

    private func checkExecutable(_ text: String, at node: DocumentNode) {
        let name = text.split(separator: "/").last.map(String.init) ?? text
        if text.contains("${") {
            scope.collector.report(node.location, "the program may not come from a parameter")
        } else if text.contains("/") && !text.hasPrefix("/") || text.split(separator: "/").contains("..") {
            scope.collector.report(
                node.location, "the program must be an absolute path or a bare name, not \(node.kind)")
        } else if Self.shells.contains(name) {
            scope.collector.report(
                node.location, "'\(name)' runs other programs or reads its arguments as code; name the program itself")
        }
    }

    private static func mayBeSet(_ name: String) -> Bool {
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let isReserved = reservedNames.contains(name) || name.hasPrefix("LD_") || name.hasPrefix("AUSPEX_")
        return isName && !name.isEmpty && !isReserved
    }

    func request(_ node: DocumentNode) -> RequestTemplate? {
        var reader = MappingReader(node, named: "'http'", reporting: scope.collector)
        reader.refuse(["extract", "body"], because: "is not supported yet")
        let method = reader.string("method")
        if let method, !Self.methods.contains(method) {
            reader.report("method", "'method' must be \(alternatives(Self.methods.sorted())), not '\(method)'")
        }
        let url = reader.node("url").flatMap { self.url($0) }
        let headers = headers(&reader, mayHoldSecrets: true)
        let authentication = reader.optionalMapping("auth").flatMap { self.authentication($0) }
        if reader.has("auth"), headers.keys.contains(where: { $0.lowercased() == "authorization" }) {
            reader.report("auth", "'auth' sets the header field Authorization; drop one of the two")
        }
        let bodyNode = reader.optionalNode("body_json")
        if let bodyNode { scope.checkBody(bodyNode) }
        let statuses = expectedStatuses(&reader)
        reader.finish()
        guard let method, let url else { return nil }
        return RequestTemplate(
            method: method, origin: url.origin, path: url.path, headers: headers, body: bodyNode?.json,
            expectedStatuses: statuses ?? [], authentication: authentication)
    }

    /// The header fields under `headers`.
    func headers(_ reader: inout MappingReader, mayHoldSecrets: Bool = false) -> [String: Template] {
        let headers = scope.templates(reader.optionalEntries("headers"), mayHoldSecrets: mayHoldSecrets)
        for name in headers.keys.sorted() where !Self.mayBeHeader(name) {
            reader.report(
                "headers",
                "the header field '\(name)' may not be set: letters, digits and '-', and none that "
                    + "the engine sets itself")
        }
        return headers
    }

    /// The statuses under `expect_status`; nil when there is no such key.
    func expectedStatuses(_ reader: inout MappingReader) -> [Int]? {
        let statuses = reader.optionalList("expect_status").map { nodes in
            nodes.compactMap { node -> Int? in
                if let status = node.int, (100...599).contains(status) { return Int(status) }
                scope.collector.report(node.location, "a status is a number from 100 to 599, not \(node.kind)")
                return nil
            }
        }
        refuseEmpty("expect_status", reader)
        return statuses
    }

    private static func mayBeHeader(_ name: String) -> Bool {
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isName && !name.isEmpty && !reservedHeaders.contains(name.lowercased())
    }

    /// A URL, taken apart where its path begins: before it a value may only be a host, a number or of known form.
    func url(_ node: DocumentNode) -> (origin: Template, path: Template)? {
        guard let text = node.text, let scheme = ["http://", "https://"].first(where: text.hasPrefix) else {
            scope.collector.report(node.location, "'url' must begin with http:// or https://, not \(node.kind)")
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        if authority.isEmpty || authority.contains("@") {
            scope.collector.report(node.location, "'url' needs a host, and may not have a user or password in it")
            return nil
        }
        guard let origin = scope.template(scheme + authority, at: node),
            let path = scope.template(String(rest[end...]), at: node)
        else { return nil }
        for parameter in origin.parameters.compactMap(scope.parameter)
        where !parameter.isBounded || parameter.kind == .path {
            scope.collector.report(
                node.location,
                "parameter '\(parameter.name)' may be part of the host only if it is of type host or int, "
                    + "or has a 'pattern' or an 'enum'")
        }
        return (origin, path)
    }
}
