/**
 * Makers and families of models as answers name them, in the scripts in which they are written, beside the models of the
 * study itself. Each is looked for in any letter case, run together or apart.
 */

/** A model as its answers could name it. */
export interface KnownModel {
  name: string
  slug: string
  organisation: string
  /** What the endpoint calls it; null: it has none. */
  remoteModel: string | null
}

const names = (...lines: string[]) => lines.flatMap((line) => line.split('|'))

/** Names that mean nothing else. */
export const coined = names(
  'ChatGPT|GPT|GPT-3|GPT-3.5|GPT-4|GPT-4o|GPT-4V|GPT-4.1|GPT-4.5|GPT-5|OpenAI|Open AI|o1-mini|o1-preview|o1-pro',
  'o3-mini|o3-pro|o4-mini|Anthropic|DeepMind|Google DeepMind|Google AI|Meta AI|PaLM 2|PaLI|PaLI-X|PaliGemma',
  'CodeGemma|MedGemma|Qwen|Qwen-VL|QwenVL|QVQ|QwQ|Tongyi|Tongyi Qianwen|Qianwen|Alibaba Cloud|Aliyun|DeepSeek',
  'DeepSeek-VL|Janus-Pro|InternVL|InternLM|OpenGVLab|Shanghai AI Lab|Shanghai AI Laboratory|LLaVA|LLaVA-NeXT',
  'OneVision|Molmo|MolmoE|PixMo|OLMo|Allen Institute for AI|Allen Institute for Artificial Intelligence|AllenAI|Ai2',
  'Pixtral|Mistral AI|Mixtral|Le Chat|Idefics|SmolVLM|SmolLM|Hugging Face|HuggingFace|MiniCPM|MiniCPM-V|OpenBMB',
  'ModelBest|CogVLM|CogAgent|ChatGLM|GLM-4|GLM-4V|Zhipu|Zhipu AI|Z.ai|xAI|Grok AI|Moonshot AI|Kimi-VL|Hunyuan',
  'ERNIE Bot|ERNIE-ViL|Doubao|Seed-VL|ByteDance|Baidu|Tencent|SenseTime|SenseNova|iFlytek|MiniMax|StepFun|01.AI',
  'Yi-VL|Reka AI|Reka Core|Reka Flash|Reka Edge|Cohere|Aya Vision|Command R|AI21|Stability AI|Adept AI|Fuyu|BLIP-2',
  'InstructBLIP|OpenFlamingo|Kosmos-2|xGen-MM|Cambrian-1|NVLM|Nemotron|Phi-3|Phi-3.5|Phi-4|Florence-2|Perplexity AI',
  'Inflection AI|Llama 2|Llama 3|Llama 4|Amazon Nova|Nova Pro|Nova Lite|Bing Chat|Technology Innovation Institute',
  'Salesforce Research|LG AI Research|Exaone|HyperCLOVA|YandexGPT|GigaChat|Aleph Alpha|通义千问|通义|千问|阿里云|阿里巴巴|文心一言|文心',
  '豆包|混元|智谱|智谱清言|月之暗面|深度求索|讯飞星火|商汤|字节跳动|百度|腾讯|谷歌|克劳德|上海人工智能实验室|达摩院|零一万物|阶跃星辰|微软|亚马逊|クロード|チャットGPT|オープンAI|アンソロピック',
  'グーグル|ジェミニ|マイクロソフト|アリババ|メタ社|클로드|챗GPT|챗지피티|오픈AI|오픈에이아이|앤트로픽|앤스로픽|구글|제미나이|제미니|네이버|알리바바|큐원|하이퍼클로바|ハイパークローバ|Klaude',
  'Claud|Clawd|Jemini|Kwen|Anthropik|Antropic|چت جی پی تی|چتجیپیتی|جمنای|เจมินี|แชตจีพีที|โคลด|กูเกิล|Клод|Клауд',
  'Джемини|Джеминай|Чат ГПТ|ЧатГПТ|Антропик|Яндекс|Гугл|Алибаба|Квен|ГигаЧат|Грок|Дипсик|كلود|جيميني|جوجل|غوغل',
  "شات جي بي تي|أوبن إيه آي|أنثروبيك|علي بابا|ميتا|کلود|جمینای|گوگل|קלוד|ג'מיני|גוגל|אנתרופיק|क्लाउड|क्लॉड|जेमिनी",
  'गूगल|चैटजीपीटी|ओपनएआई|ஜெமினி|கூகிள்|கூகுள்|జెమిని|గూగుల్|জেমিনি|গুগল|ক্লড|एंथ्रोपिक|Τζέμινι|Κλοντ',
)

/** Names that people, places, animals and shops bear, too: they say who speaks only where the words are plain. */
export const everyday = names(
  'Claude|Gemini|Gemma|Llama|LLaMA|Grok|Bard|Copilot|Mistral|PaLM|Phi|Orca|Kimi|Nova|Titan|ERNIE|GLM|Yi|Aria|VILA',
  'Falcon|Janus|Kosmos|Flamingo|Moonshot|Reka|Pi|Jamba|Bing|Siri|Alexa|Apple|Google|Meta|Facebook|Microsoft|Amazon',
  'Nvidia|Alibaba|IBM|Samsung|Salesforce|Naver|Yandex|Allen Institute|Allen Institute for Brain Science|Perplexity',
  'Inflection|Adept|Huawei|Xiaomi|Intel|Adobe',
)

/** Words that go on with a name: versions, sizes, kinds. */
export const versions = new Set(
  [
    'pro flash mini nano ultra turbo sonnet opus haiku instant vision vl large medium small xl max plus lite preview instruct chat',
    'thinking reasoner omni audio exp experimental latest next onevision core edge base v o e d s vl2 vlm llm maverick scout k2 ai',
    'one two three four five six seven oh zero bot',
    'assistant studio advanced deep code coder premier x',
  ]
    .join(' ')
    .split(' '),
)

/** The part of a version that is a number: 4, 4o, 3.5, 72b, 7B-D, v1.6, 0924, k2. */
export const isNumbered = (word: string) => /^(?:[a-z]{0,2}\d{1,8}[a-z]{0,2}|\d{1,3}x\d{1,3}b)$/.test(word)
