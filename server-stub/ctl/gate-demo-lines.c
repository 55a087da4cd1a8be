/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-demo-lines.h"

/* clang-format off */
static const char *const zh_refund[] = {
  "你好，在吗？", "我上周买的电热水壶不加热了", "订单号是 20260914-118", "插上电灯会亮，但是水一直是凉的",
  "换过插座了，还是一样", "我不想换货，可以直接退款吗？", "退款大概几天能到账？", "好的，原路退回就行", "谢谢你，服务很好 👍", NULL,
};
static const char *const zh_delivery[] = {
  "请问我的快递到哪里了？", "页面上三天没有更新了", "收货地址是杭州市西湖区", "能帮我催一下吗", "周五之前能收到吗？是送人的生日礼物",
  "如果来不及可以改寄到上海吗？", "好，那我等你消息", "收到短信了，今天下午派送，太好了", NULL,
};
static const char *const zh_size[] = {
  "这件羽绒服 M 码适合多高？", "我 168，58 公斤", "平时穿 L 比较宽松", "袖子会不会短？", "可以水洗吗，还是一定要干洗？",
  "有没有深蓝色", "那我拍 L 码，麻烦今天发货", NULL,
};
static const char *const zh_invoice[] = {
  "需要开一张增值税发票", "抬头：杭州某某科技有限公司", "税号我一会儿发给你", "电子发票就可以", "请发到我的邮箱",
  "金额是两笔订单合在一起吗？", "分开开更好，报销方便", "麻烦了", NULL,
};
static const char *const zh_coupon[] = {
  "为什么优惠券用不了？", "满 300 减 40 的那张", "购物车里是 312 元", "是不是有的商品不参加活动", "哦，原来运费不算",
  "那我再加一双袜子", "可以了，减了 40，谢谢", NULL,
};
static const char *const zh_account[] = {
  "登录不上去，一直说密码错误", "我没有改过密码", "手机号换了，收不到验证码", "旧号码尾号 6620", "可以用邮箱找回吗？",
  "收到邮件了", "已经改好，能登录了", "建议把这个入口放显眼一点", NULL,
};
static const char *const en_refund[] = {
  "Hi, is anybody there?", "The kettle I bought last week no longer heats.", "Order 20260914-118.",
  "The light comes on but the water stays cold.", "Yes, I tried another socket.", "I'd rather have my money back than a new one.",
  "How long will that take?", "To the same card is fine.", "Great, thank you for being quick about it 👍", NULL,
};
static const char *const en_delivery[] = {
  "Where is my parcel?", "Tracking hasn't moved for three days.", "It should go to 14 Mill Lane.", "Could you ask the courier?",
  "It's a birthday present, I need it by Friday.", "If that's too tight, can you send it to my sister instead?",
  "OK, I'll wait to hear from you.", "Just got a text: it's coming this afternoon. Brilliant!", NULL,
};
static const char *const en_size[] = {
  "Does the down jacket run large?", "I'm 178 cm and usually wear a medium.", "And the sleeves?", "Can it go in the washing machine?",
  "Do you have it in dark blue?", "I'll take the medium then.", "Could it still leave the warehouse today?", NULL,
};
static const char *const en_invoice[] = {
  "I need an invoice with our VAT number.", "Company name: Hollow Oak Joinery Ltd.", "A PDF is fine.", "Two separate ones, please.",
  "Same e-mail address as the order.", "Does it show the delivery charge?", "Perfect, got both. Bye!", NULL,
};
static const char *const en_coupon[] = {
  "My voucher code doesn't work.", "The one for 10 off orders above 75.", "The basket says 78.40.", "Ah, so delivery doesn't count?",
  "I'll add a pair of socks.", "Now it took it, thanks.", NULL,
};
static const char *const en_account[] = {
  "I can't log in any more, it says wrong password.", "I never changed it.", "My phone number is new, so no code arrives.",
  "The old one ended in 6620.", "Can you use my e-mail instead?", "Got the message.", "I'm in! You could make that link easier to find.", NULL,
};

static const GateDialogue dialogues[] = {
  { "zh-CN", "美玲", zh_refund },   { "en", "Olivia", en_refund },     { "zh-CN", "大伟", zh_delivery }, { "en", "Tom", en_delivery },
  { "zh-CN", "小雨", zh_size },     { "en", "Priya", en_size },        { "zh-CN", "王会计", zh_invoice }, { "en", "Marek", en_invoice },
  { "zh-CN", "思思", zh_coupon },   { "en", "Hannah", en_coupon },     { "zh-CN", "老陈", zh_account },  { "en", "Samuel", en_account },
};
/* clang-format on */

const GateDialogue *
gate_dialogue_get (guint number)
{
  return &dialogues[number % G_N_ELEMENTS (dialogues)];
}
