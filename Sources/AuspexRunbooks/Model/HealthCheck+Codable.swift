import AuspexSignals

extension HealthCheck.Probe: Codable {
    private enum Kind: String, CodingKey, CaseIterable {
        case tcp, http, process, disk, systemd, sql, file, dns, certificate, list
    }

    /// Reads an object with one member, the kind of the check.
    ///
    /// - Throws: `DecodingError` when there is none.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        switch container.allKeys.first {
        case .tcp: self = .tcp(try container.decode(HealthCheck.Endpoint.self, forKey: .tcp))
        case .http: self = .http(try container.decode(HealthCheck.Page.self, forKey: .http))
        case .process: self = .process(try container.decode(HealthCheck.ProcessTarget.self, forKey: .process))
        case .disk: self = .disk(try container.decode(HealthCheck.Disk.self, forKey: .disk))
        case .systemd: self = .systemd(try container.decode(HealthCheck.Unit.self, forKey: .systemd))
        case .sql: self = .sql(try container.decode(HealthCheck.Query.self, forKey: .sql))
        case .file: self = .file(try container.decode(HealthCheck.File.self, forKey: .file))
        case .dns: self = .dns(try container.decode(HealthCheck.Name.self, forKey: .dns))
        case .certificate:
            self = .certificate(try container.decode(HealthCheck.Certificate.self, forKey: .certificate))
        case .list: self = .list(try container.decode([HealthCheck].self, forKey: .list))
        case nil:
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a check is one of \(known)"))
        }
    }

    /// Writes an object with one member, the kind of the check.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .tcp(let endpoint): try container.encode(endpoint, forKey: .tcp)
        case .http(let page): try container.encode(page, forKey: .http)
        case .process(let target): try container.encode(target, forKey: .process)
        case .disk(let disk): try container.encode(disk, forKey: .disk)
        case .systemd(let unit): try container.encode(unit, forKey: .systemd)
        case .sql(let query): try container.encode(query, forKey: .sql)
        case .file(let file): try container.encode(file, forKey: .file)
        case .dns(let name): try container.encode(name, forKey: .dns)
        case .certificate(let certificate): try container.encode(certificate, forKey: .certificate)
        case .list(let checks): try container.encode(checks, forKey: .list)
        }
    }
}
