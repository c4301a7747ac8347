using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Banyan.Client;

/// <summary>Everything the client reads and writes, generated at build time: no reflection at start.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KindDescription))]
[JsonSerializable(typeof(ModuleDescription))]
[JsonSerializable(typeof(InstanceRegistration))]
[JsonSerializable(typeof(InstanceDescription))]
[JsonSerializable(typeof(InstanceChange))]
[JsonSerializable(typeof(CredentialRequest))]
[JsonSerializable(typeof(CredentialDescription))]
[JsonSerializable(typeof(IssuedCredential))]
[JsonSerializable(typeof(ConsoleLink))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ClientJson : JsonSerializerContext;
