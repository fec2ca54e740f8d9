import AuspexSignals
import Foundation

extension HealthCheck {
    /// What is checked, and what must be so.
    var summary: String {
        switch probe {
        case .list(let checks): checks.map(\.summary).joined(separator: "; ")
        default: [component, probe.condition].filter { !$0.isEmpty }.joined(separator: ": ")
        }
    }

    /// The check with `mask` over every text in it.
    func masked(_ mask: SecretMask) -> HealthCheck {
        var check = self
        check.component = mask.masked(component)
        switch probe {
        case .tcp(var endpoint):
            endpoint.host = mask.masked(endpoint.host)
            check.probe = .tcp(endpoint)
        case .http(var page):
            page.request = page.request.masked(mask)
            page.contains = page.contains.map(mask.masked)
            check.probe = .http(page)
        case .process(let target):
            check.probe = .process(
                ProcessTarget(name: target.name.map(mask.masked), pidFile: target.pidFile.map(mask.masked)))
        case .disk(var disk):
            disk.path = mask.masked(disk.path)
            check.probe = .disk(disk)
        case .systemd(let unit): check.probe = .systemd(Unit(unit: mask.masked(unit.unit)))
        case .sql(var query):
            query.run = query.run.masked(mask)
            check.probe = .sql(query)
        case .file(var file):
            file.path = mask.masked(file.path)
            check.probe = .file(file)
        case .dns(let name):
            check.probe = .dns(Name(name: mask.masked(name.name), addresses: name.addresses.map(mask.masked)))
        case .certificate(var certificate):
            certificate.host = mask.masked(certificate.host)
            certificate.serverName = certificate.serverName.map(mask.masked)
            check.probe = .certificate(certificate)
        case .list(let checks): check.probe = .list(checks.map { $0.masked(mask) })
        }
        return check
    }
}

extension HealthCheck.Probe {
    /// What must be so; empty where the kind of the check says it all.
    fileprivate var condition: String {
        switch self {
        case .http(let page):
            let statuses = page.request.expectedStatuses.map(String.init).joined(separator: " or ")
            let status = statuses.isEmpty ? "2xx" : statuses
            return "status \(status)" + (page.contains.map { ", with \(quoted($0))" } ?? "")
        case .disk(let disk):
            let limits = disk.limits
            return [
                limits.minFreeRatio.map { "at least \($0) free" },
                limits.minFreeBytes.map { "at least \($0) bytes free" },
                limits.minFreeInodesRatio.map { "at least \($0) of the inodes free" },
            ].compactMap(\.self).joined(separator: ", ")
        case .sql(let query):
            let bounds = [
                query.answer.equals.map { "the answer is \(quoted($0))" },
                query.answer.atLeast.map { "the answer is at least \($0)" },
                query.answer.atMost.map { "the answer is at most \($0)" },
            ].compactMap(\.self)
            return ([Operation.run(query.run).summary] + bounds).joined(separator: ", ")
        case .file(let file): return file.maxAge.map { "changed within \($0)" } ?? "is there"
        case .certificate(let certificate): return "valid for \(certificate.minDays) days"
        case .tcp, .process, .systemd, .dns, .list: return ""
        }
    }
}

extension EvidenceCollection {
    /// What is put aside.
    var summary: String {
        let commands = self.commands.map { JSONValue.array($0.argv.map(JSONValue.string)).canonicalText }
        return "collect \(bundle): " + (commands + files).joined(separator: ", ")
            + ", at most \(maxBytes) bytes, redact \(redaction.rawValue)"
    }
}

extension Operation {
    /// The operation as an object with the names of the grammar, for tests in runbooks' files. A collection's commands
    /// are lists, as they are written.
    var described: JSONValue {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        switch self {
        case .health(let check):
            guard let data = try? encoder.encode(check.probe), let value = try? JSONValue(parsing: data) else {
                return .null
            }
            return .object(["health": value])
        case .collect(let collection):
            return .object([
                "collect": .object([
                    "bundle": .string(collection.bundle), "files": .array(collection.files.map(JSONValue.string)),
                    "commands": .array(collection.commands.map { .array($0.argv.map(JSONValue.string)) }),
                    "redact": .string(collection.redaction.rawValue), "max_bytes": .int(collection.maxBytes),
                ])
            ])
        case .run, .http, .notify: return .null
        }
    }
}

extension JSONValue {
    /// Whether all of `part` is here: the members of objects that it names, anything else as it is.
    func holds(_ part: JSONValue) -> Bool {
        switch (self, part) {
        case (.object(let members), .object(let wanted)):
            wanted.allSatisfy { name, value in members[name].map { $0.holds(value) } ?? false }
        case (.array(let elements), .array(let wanted)):
            elements.count == wanted.count && zip(elements, wanted).allSatisfy { $0.holds($1) }
        default: self == part
        }
    }
}
