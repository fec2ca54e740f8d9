package import AuspexSignals

/// A question whether something is well. Asking it changes nothing.
package struct HealthCheck: Hashable, Sendable, Codable {
    /// The longest one check takes where nothing is said.
    package static let defaultTimeout = TimeSpan.seconds(5)
    /// Checks that one list may have.
    package static let mostInList = 32

    /// What is checked, for people and for conditions.
    package var component: String
    /// How it is checked.
    package var probe: Probe
    /// The longest it may take.
    package var timeout: TimeSpan
    /// An answer that takes longer than this is a warning; nil for none.
    package var slowAfter: TimeSpan?

    /// Creates a check.
    package init(
        component: String, probe: Probe, timeout: TimeSpan = Self.defaultTimeout, slowAfter: TimeSpan? = nil
    ) {
        self.component = component
        self.probe = probe
        self.timeout = timeout
        self.slowAfter = slowAfter
    }

    /// How something is checked.
    package enum Probe: Hashable, Sendable {
        /// Whether a TCP connection can be made.
        case tcp(Endpoint)
        /// Whether an HTTP request is answered as expected.
        case http(Page)
        /// Whether a process runs on this host.
        case process(ProcessTarget)
        /// Whether a file system has room.
        case disk(Disk)
        /// Whether a unit of systemd is active.
        case systemd(Unit)
        /// Whether a database answers a query that a command puts to it.
        case sql(Query)
        /// Whether a file is there and was changed lately.
        case file(File)
        /// Whether a name has addresses.
        case dns(Name)
        /// Whether a server's certificate is valid for long enough.
        case certificate(Certificate)
        /// Whether all of these are well.
        case list([HealthCheck])
    }

    /// A host and a port.
    package struct Endpoint: Hashable, Sendable, Codable {
        /// The host's name or address.
        package var host: String
        /// The port, from 1.
        package var port: Int

        /// Creates an endpoint.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// A request and what its answer must be.
    package struct Page: Hashable, Sendable, Codable {
        /// The request, with the statuses that are well.
        package var request: Request
        /// A text that the body must have in it; nil for any body.
        package var contains: String?

        /// Creates a page.
        package init(request: Request, contains: String? = nil) {
            self.request = request
            self.contains = contains
        }
    }

    /// A process, by its name, by the file that holds its number, or by both.
    package struct ProcessTarget: Hashable, Sendable, Codable {
        /// Its name, or the name of its program.
        package var name: String?
        /// The path of the file that holds its number.
        package var pidFile: String?

        /// Creates a target.
        package init(name: String? = nil, pidFile: String? = nil) {
            self.name = name
            self.pidFile = pidFile
        }
    }

    /// A file system and the room that it must have.
    package struct Disk: Hashable, Sendable, Codable {
        /// A path on it.
        package var path: String
        /// The least room.
        package var limits: DiskLimits

        /// Creates a file system.
        package init(path: String, limits: DiskLimits) {
            self.path = path
            self.limits = limits
        }
    }

    /// The room that a file system must have, for programs that are not root's.
    package struct DiskLimits: Hashable, Sendable, Codable {
        /// The least share of its bytes, 0 to 1.
        package var minFreeRatio: Double?
        /// The least number of bytes.
        package var minFreeBytes: Int64?
        /// The least share of its inodes, 0 to 1.
        package var minFreeInodesRatio: Double?
        /// The share of its bytes below which there is a warning.
        package var warnFreeRatio: Double?

        /// No limits.
        package init() {}
    }

    /// A unit of systemd.
    package struct Unit: Hashable, Sendable, Codable {
        /// Its name with its suffix: `api.service`.
        package var unit: String

        /// Creates a unit.
        package init(unit: String) {
            self.unit = unit
        }
    }

    /// A command that puts a query to a database, and what it must print.
    package struct Query: Hashable, Sendable, Codable {
        /// The command.
        package var run: Command
        /// What it must print.
        package var answer: Answer

        /// Creates a query.
        package init(run: Command, answer: Answer = Answer()) {
            self.run = run
            self.answer = answer
        }
    }

    /// What an output must be, blanks around it aside. Without any bound, an exit code that is expected is enough.
    package struct Answer: Hashable, Sendable, Codable {
        /// The whole output.
        package var equals: String?
        /// The least number that it may be.
        package var atLeast: Double?
        /// The largest number that it may be.
        package var atMost: Double?

        /// Any answer.
        package init(equals: String? = nil, atLeast: Double? = nil, atMost: Double? = nil) {
            self.equals = equals
            self.atLeast = atLeast
            self.atMost = atMost
        }
    }

    /// A file.
    package struct File: Hashable, Sendable, Codable {
        /// Its path.
        package var path: String
        /// The longest time since its last change; nil for any.
        package var maxAge: TimeSpan?

        /// Creates a file.
        package init(path: String, maxAge: TimeSpan? = nil) {
            self.path = path
            self.maxAge = maxAge
        }
    }

    /// A name in the DNS.
    package struct Name: Hashable, Sendable, Codable {
        /// The name.
        package var name: String
        /// Addresses that must be among its own.
        package var addresses: [String]

        /// Creates a name.
        package init(name: String, addresses: [String] = []) {
            self.name = name
            self.addresses = addresses
        }
    }

    /// A server's certificate. Only its dates are looked at, not who signed it and for which name.
    package struct Certificate: Hashable, Sendable, Codable {
        /// The server's name or address.
        package var host: String
        /// The port, from 1.
        package var port: Int
        /// The name that is asked for; nil for the host's.
        package var serverName: String?
        /// The fewest days that it must be valid for.
        package var minDays: Int64
        /// The number of days below which there is a warning.
        package var warnDays: Int64?

        /// Creates a certificate.
        package init(host: String, port: Int, serverName: String? = nil, minDays: Int64, warnDays: Int64? = nil) {
            self.host = host
            self.port = port
            self.serverName = serverName
            self.minDays = minDays
            self.warnDays = warnDays
        }
    }
}
